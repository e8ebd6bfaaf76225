package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/** Functions of each element. */
interface PointwiseContract extends ContractFamily {
  double INFINITY = Double.POSITIVE_INFINITY;

  @ParameterizedTest
  @EnumSource
  default void unary(UnaryOp op) {
    for (Shape shape : sizes()) {
      Values x = argument(op, Values.normal(1, shape).map(value -> 2 * value));
      OperationCheck.of(backend(), op + " " + shape)
          .inputs(x)
          .outputs(shape)
          .expecting(in -> List.of(in.getFirst().map(value -> ScalarFunctions.apply(op, value))))
          .within(isExact(op) ? Tolerance.EXACT : Tolerance.OF_FEW)
          .run((b, in, out) -> b.unary(op, in[0], out[0]));
    }
  }

  @ParameterizedTest
  @EnumSource
  default void unaryGradient(UnaryOp op) {
    for (Shape shape : sizes()) {
      Values x = argument(op, Values.normal(1, shape).map(value -> 2 * value));
      Values saved =
          op.gradientReads() == UnaryOp.Reads.OUTPUT
              ? x.map(value -> ScalarFunctions.apply(op, value))
              : x;
      OperationCheck.of(backend(), op + " gradient " + shape)
          .inputs(saved, Values.normal(2, shape))
          .outputs(shape)
          .expecting(
              in ->
                  List.of(
                      Values.of(
                          shape,
                          i ->
                              ScalarFunctions.gradient(
                                  op, in.get(0).data()[i], in.get(1).data()[i]))))
          .run((b, in, out) -> b.unaryGradient(op, in[0], in[1], out[0]));
    }
  }

  /** Not NaN, as infinity times 0 would be. */
  @ParameterizedTest
  @EnumSource(names = {"SIGN", "FLOOR", "ROUND", "RELU"})
  default void theGradientOfAConstantIsZeroWhateverComesIn(UnaryOp op) {
    double infinity = Double.POSITIVE_INFINITY;
    OperationCheck.of(backend(), op + " gradient from infinity")
        .inputs(
            Values.of(Shape.of(40), i -> op == UnaryOp.RELU ? 0 : 0.25 + i),
            Values.of(Shape.of(40), i -> i % 2 == 0 ? infinity : -infinity))
        .outputs(Shape.of(40))
        .expecting(_ -> List.of(Values.of(Shape.of(40), _ -> 0)))
        .within(Tolerance.EXACT)
        .run((b, in, out) -> b.unaryGradient(op, in[0], in[1], out[0]));
  }

  /** Every function keeps its accuracy far from 0, where its argument allows it. */
  @ParameterizedTest
  @EnumSource
  default void unaryOverAWideRange(UnaryOp op) {
    Values x = argument(op, Values.of(Shape.of(601), i -> (float) Math.sinh((i - 300) / 60.0)));
    for (int start = 0; start < 601; start += 100) {
      // in pieces, since a relative norm over all would see the largest results alone
      Values piece =
          x.view(Layout.contiguous(x.shape()).slice(0, start, Math.min(601, start + 100)));
      OperationCheck.of(backend(), op + " from " + piece.data()[0])
          .inputs(piece)
          .outputs(piece.shape())
          .expecting(in -> List.of(in.getFirst().map(value -> ScalarFunctions.apply(op, value))))
          .placed(Placement.CONTIGUOUS)
          .run((b, in, out) -> b.unary(op, in[0], out[0]));
    }
  }

  @Test
  default void unaryOfSpecialValues() {
    double nan = Double.NaN;
    for (UnaryOp op : UnaryOp.values()) {
      if (op != UnaryOp.SIGN) {
        requireUnary(op, nan, nan);
      }
    }
    requireUnary(UnaryOp.NEGATE, 0, -0.0);
    requireUnary(UnaryOp.ABS, -INFINITY, INFINITY);
    requireUnary(UnaryOp.SIGN, -INFINITY, -1);
    requireUnary(UnaryOp.SIGN, 0, 0);
    requireUnary(UnaryOp.FLOOR, -0.5, -1);
    requireUnary(UnaryOp.FLOOR, INFINITY, INFINITY);
    requireUnary(UnaryOp.ROUND, 2.5, 2);
    requireUnary(UnaryOp.ROUND, -3.5, -4);
    requireUnary(UnaryOp.ROUND, 8_388_609, 8_388_609);
    requireUnary(UnaryOp.SQRT, -1, nan);
    requireUnary(UnaryOp.SQRT, INFINITY, INFINITY);
    requireUnary(UnaryOp.RECIPROCAL, 0, INFINITY);
    requireUnary(UnaryOp.EXP, 200, INFINITY);
    requireUnary(UnaryOp.EXP, -200, 0);
    requireUnary(UnaryOp.EXP, INFINITY, INFINITY);
    requireUnary(UnaryOp.EXP, -INFINITY, 0);
    requireUnary(UnaryOp.EXP, 0, 1);
    requireUnary(UnaryOp.LOG, 0, -INFINITY);
    requireUnary(UnaryOp.LOG, -1, nan);
    requireUnary(UnaryOp.LOG, INFINITY, INFINITY);
    requireUnary(UnaryOp.LOG, 1, 0);
    requireUnary(UnaryOp.TANH, INFINITY, 1);
    requireUnary(UnaryOp.TANH, -INFINITY, -1);
    requireUnary(UnaryOp.ERF, INFINITY, 1);
    requireUnary(UnaryOp.ERF, -INFINITY, -1);
    requireUnary(UnaryOp.SIGMOID, -INFINITY, 0);
    requireUnary(UnaryOp.SIGMOID, INFINITY, 1);
    requireUnary(UnaryOp.SIGMOID, -100, Math.exp(-100));
    requireUnary(UnaryOp.RELU, -INFINITY, 0);
    requireUnary(UnaryOp.RELU, INFINITY, INFINITY);
    requireUnary(UnaryOp.GELU, INFINITY, INFINITY);
  }

  private void requireUnary(UnaryOp op, double x, double expected) {
    try (var workspace = new Workspace(backend())) {
      Operand out = workspace.output(Shape.of(19));
      backend()
          .unary(op, workspace.put(Values.of(Shape.of(19), _ -> x), Placement.CONTIGUOUS), out);
      for (double found : workspace.get(out).data()) {
        assertEquals(expected, found, 1e-7, op + " of " + x);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  default void binary(BinaryOp op) {
    for (Shape shape : sizes()) {
      Values a = Values.integers(3, shape, 5).map(value -> value - 1.5);
      Values b = Values.integers(4, shape, 5).map(value -> value - 1.5);
      OperationCheck.of(backend(), op + " " + shape)
          .inputs(a, b)
          .outputs(shape)
          .expecting(in -> List.of(binary(op, in.get(0), in.get(1))))
          .within(op == BinaryOp.DIVIDE ? Tolerance.OF_FEW : Tolerance.EXACT)
          .run((backend, in, out) -> backend.binary(op, in[0], in[1], out[0]));
    }
  }

  @ParameterizedTest
  @EnumSource
  default void binaryOfSpecialValues(BinaryOp op) {
    double[] special = {Double.NaN, INFINITY, -INFINITY, 0, 1, -2.5};
    int count = special.length;
    Values a = Values.of(Shape.of(count * count), i -> special[i / count]);
    Values b = Values.of(Shape.of(count * count), i -> special[i % count]);
    try (var workspace = new Workspace(backend())) {
      Operand out = workspace.output(a.shape());
      backend()
          .binary(
              op,
              workspace.put(a, Placement.CONTIGUOUS),
              workspace.put(b, Placement.CONTIGUOUS),
              out);
      Tolerance.EXACT.check(op + " of special values", binary(op, a, b), workspace.get(out));
    }
  }

  @ParameterizedTest
  @EnumSource
  default void binaryInPlace(BinaryOp op) {
    Values a = Values.normal(5, Shape.of(7, 33));
    Values b = Values.normal(6, Shape.of(7, 33));
    try (var workspace = new Workspace(backend())) {
      Operand first = workspace.put(a, Placement.CONTIGUOUS);
      backend().binary(op, first, workspace.put(b, Placement.TRANSPOSED), first);
      Tolerance.OF_FEW.check(
          op + " into its first operand", binary(op, a, b), workspace.get(first));
      Operand second = workspace.put(b, Placement.CONTIGUOUS);
      backend().binary(op, workspace.put(a, Placement.TRANSPOSED), second, second);
      Tolerance.OF_FEW.check(
          op + " into its second operand", binary(op, a, b), workspace.get(second));
    }
  }

  private static Values binary(BinaryOp op, Values a, Values b) {
    return Values.of(a.shape(), i -> (float) ScalarFunctions.apply(op, a.data()[i], b.data()[i]));
  }

  @Test
  default void affine() {
    for (Shape shape : sizes()) {
      OperationCheck.of(backend(), "affine " + shape)
          .inputs(Values.normal(7, shape))
          .outputs(shape)
          .expecting(
              in -> List.of(in.getFirst().map(value -> Math.fma(3.25f, (float) value, -0.1f))))
          .within(Tolerance.EXACT)
          .run((b, in, out) -> b.affine(in[0], 3.25f, -0.1f, out[0]));
    }
  }

  @Test
  default void affineInPlace() {
    Values x = Values.normal(8, Shape.of(5, 21));
    try (var workspace = new Workspace(backend())) {
      Operand operand = workspace.put(x, Placement.CONTIGUOUS);
      backend().affine(operand, 2, 1, operand);
      Tolerance.EXACT.check(
          "affine in place", x.map(value -> 2 * value + 1), workspace.get(operand));
    }
  }

  @Test
  default void clamp() {
    for (Shape shape : sizes()) {
      OperationCheck.of(backend(), "clamp " + shape)
          .inputs(Values.normal(9, shape))
          .outputs(shape)
          .expecting(in -> List.of(in.getFirst().map(value -> Math.clamp(value, -0.25, 0.5))))
          .within(Tolerance.EXACT)
          .run((b, in, out) -> b.clamp(in[0], -0.25f, 0.5f, out[0]));
    }
    Values special =
        Values.vector(Double.NaN, INFINITY, -INFINITY, 0.5, -0.25, 0, Double.NaN, 1, -1);
    OperationCheck.of(backend(), "clamp of special values")
        .inputs(special)
        .outputs(special.shape())
        .expecting(in -> List.of(in.getFirst().map(v -> Math.min(Math.max(v, -0.25), 0.5))))
        .within(Tolerance.EXACT)
        .run((b, in, out) -> b.clamp(in[0], -0.25f, 0.5f, out[0]));
  }

  @Test
  default void multiplyAdd() {
    for (Shape shape : sizes()) {
      OperationCheck.of(backend(), "multiplyAdd " + shape)
          .inputs(Values.normal(10, shape), Values.normal(11, shape), Values.normal(12, shape))
          .outputs(shape)
          .expecting(
              in ->
                  List.of(
                      Values.of(
                          shape,
                          i ->
                              Math.fma(
                                  in.get(0).data()[i], in.get(1).data()[i], in.get(2).data()[i]))))
          .fused()
          .run((b, in, out) -> b.multiplyAdd(in[0], in[1], in[2], out[0]));
    }
  }

  @Test
  default void where() {
    for (Shape shape : sizes()) {
      OperationCheck.of(backend(), "where " + shape)
          .inputs(Values.integers(13, shape, 2), Values.normal(14, shape), Values.normal(15, shape))
          .outputs(shape)
          .expecting(in -> List.of(chosen(in.get(0), in.get(1), in.get(2))))
          .within(Tolerance.EXACT)
          .run((b, in, out) -> b.where(in[0], in[1], in[2], out[0]));
    }
  }

  @Test
  default void whereDoesNotMixWhatItDoesNotChoose() {
    Values condition = Values.vector(0, -0.0, 1, -1, Double.NaN, INFINITY, 0, 1, 1e-30f);
    double nan = Double.NaN;
    OperationCheck.of(backend(), "where among NaN")
        .inputs(
            condition,
            Values.vector(nan, nan, 1, 2, 3, 4, nan, INFINITY, 6),
            Values.vector(7, 8, nan, nan, nan, nan, -INFINITY, nan, nan))
        .outputs(condition.shape())
        .expecting(in -> List.of(chosen(in.get(0), in.get(1), in.get(2))))
        .within(Tolerance.EXACT)
        .run((b, in, out) -> b.where(in[0], in[1], in[2], out[0]));
  }

  private static Values chosen(Values condition, Values a, Values b) {
    return Values.of(a.shape(), i -> condition.data()[i] != 0 ? a.data()[i] : b.data()[i]);
  }

  private static boolean isExact(UnaryOp op) {
    return switch (op) {
      case NEGATE, ABS, SIGN, FLOOR, ROUND, SQUARE, RELU -> true;
      case SQRT, RECIPROCAL, EXP, LOG, TANH, ERF, SIGMOID, GELU -> false;
    };
  }

  /** Arguments that the function is defined for, away from poles. */
  private static Values argument(UnaryOp op, Values x) {
    return switch (op) {
      case SQRT, LOG -> x.map(value -> Math.abs(value) + 0.01);
      case RECIPROCAL -> x.map(value -> value < 0 ? value - 0.1 : value + 0.1);
      default -> x;
    };
  }
}
