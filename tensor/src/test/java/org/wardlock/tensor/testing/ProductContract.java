package org.wardlock.tensor.testing;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Epilogue.Along;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/** Batched matrix products. */
interface ProductContract extends ContractFamily {
  /** Batch, rows, inner, columns. */
  private static int[][] problems() {
    return new int[][] {
      {1, 1, 1, 1},
      {1, 1, 7, 5},
      {1, 5, 1, 3},
      {3, 7, 5, 1},
      {2, 17, 33, 19},
      {1, 64, 64, 64},
      {1, 37, 521, 41},
      {4, 3, 70, 130},
      {0, 3, 4, 5},
      {2, 0, 4, 5},
      {2, 3, 4, 0}
    };
  }

  @Test
  default void productsOfAllSizes() {
    for (int[] p : problems()) {
      Values a = Values.normal(1, Shape.of(p[0], p[1], p[2]));
      Values b = Values.normal(2, Shape.of(p[0], p[2], p[3]));
      OperationCheck.of(backend(), "gemm " + a.shape() + " x " + b.shape())
          .inputs(a, b)
          .outputs(Shape.of(p[0], p[1], p[3]))
          .expecting(in -> List.of(Reference.matmul(in.get(0), in.get(1))))
          .within(Tolerance.ofSum(p[2]))
          .independent(true, true)
          .run((backend, in, out) -> backend.gemm(in[0], in[1], out[0], Epilogue.NONE));
    }
  }

  /**
   * Each element is fma(a[k], b[k], ...) in ascending k, to the last bit. Only to an inner extent
   * that no backend cuts into blocks, whose sums it would add.
   */
  @Test
  default void eachElementIsAChainOfFma() {
    for (int inner : new int[] {1, 2, 31, 128}) {
      Values a = Values.normal(3, Shape.of(1, 9, inner));
      Values b = Values.normal(4, Shape.of(1, inner, 35));
      Values expected =
          Values.of(
              Shape.of(1, 9, 35),
              i -> {
                float sum = 0;
                for (int k = 0; k < inner; k++) {
                  float left = (float) a.data()[i / 35 * inner + k];
                  float right = (float) b.data()[k * 35 + i % 35];
                  sum = Math.fma(left, right, sum);
                }
                return sum;
              });
      try (var workspace = new Workspace(backend())) {
        Operand out = workspace.output(expected.shape());
        backend()
            .gemm(
                workspace.put(a, Placement.CONTIGUOUS),
                workspace.put(b, Placement.CONTIGUOUS),
                out,
                Epilogue.NONE);
        OperationCheck.requireSameBits("inner extent " + inner, expected, workspace.get(out));
      }
    }
  }

  /** The bits of a row do not depend on how many rows there are. */
  @Test
  default void rowsDoNotDependOnTheirNeighbours() {
    Values a = Values.normal(5, Shape.of(1, 70, 300));
    Values b = Values.normal(6, Shape.of(1, 300, 37));
    try (var workspace = new Workspace(backend())) {
      Operand left = workspace.put(a, Placement.CONTIGUOUS);
      Operand right = workspace.put(b, Placement.CONTIGUOUS);
      Operand whole = workspace.output(Shape.of(1, 70, 37));
      backend().gemm(left, right, whole, Epilogue.NONE);
      for (int row = 0; row < 70; row += 23) {
        Operand alone = workspace.output(Shape.of(1, 1, 37));
        backend()
            .gemm(left.with(left.layout().slice(1, row, row + 1)), right, alone, Epilogue.NONE);
        OperationCheck.requireSameBits(
            "row " + row,
            workspace.get(whole.with(whole.layout().slice(1, row, row + 1))),
            workspace.get(alone));
      }
    }
  }

  @Test
  default void productsAreAddedUpOverTheBatch() {
    for (int batch : new int[] {1, 2, 9}) {
      Values a = Values.normal(7, Shape.of(batch, 13, 40));
      Values b = Values.normal(8, Shape.of(batch, 40, 21));
      for (Epilogue epilogue : List.of(Epilogue.NONE, new Epilogue.Accumulate())) {
        Values before = Values.normal(9, Shape.of(1, 13, 21));
        boolean accumulates = epilogue instanceof Epilogue.Accumulate;
        OperationCheck.of(backend(), "gemm summed over " + batch + " " + epilogue)
            .inputs(a, b)
            .updates(before)
            .expecting(
                in -> {
                  Values products = Reference.matmul(in.get(0), in.get(1));
                  return List.of(summed(products, accumulates ? before : before.map(_ -> 0)));
                })
            .within(Tolerance.ofSum(40L * batch))
            .run((backend, in, out) -> backend.gemm(in[0], in[1], out[0], epilogue));
      }
    }
  }

  private static Values summed(Values products, Values before) {
    int count = before.data().length;
    return Values.of(
        before.shape(),
        i -> {
          double sum = before.data()[i];
          for (int at = i; at < products.data().length; at += count) {
            sum += products.data()[at];
          }
          return sum;
        });
  }

  @Test
  default void accumulateAddsToWhatIsThere() {
    Values before = Values.normal(10, Shape.of(2, 5, 19));
    OperationCheck.of(backend(), "gemm accumulated")
        .inputs(Values.normal(11, Shape.of(2, 5, 33)), Values.normal(12, Shape.of(2, 33, 19)))
        .updates(before)
        .expecting(
            in -> {
              Values product = Reference.matmul(in.get(0), in.get(1));
              return List.of(Values.of(before.shape(), i -> before.data()[i] + product.data()[i]));
            })
        .run((backend, in, out) -> backend.gemm(in[0], in[1], out[0], new Epilogue.Accumulate()));
  }

  @ParameterizedTest
  @EnumSource
  default void aBiasAndAnActivationFollowTheProduct(Activation activation) {
    int rows = 13;
    int columns = 37;
    for (Along along : Along.values()) {
      for (int inner : new int[] {0, 1, 29}) {
        Values bias = Values.normal(13, Shape.of(along == Along.ROWS ? rows : columns));
        OperationCheck.of(backend(), "gemm " + along + " " + activation + " inner " + inner)
            .inputs(
                Values.normal(14, Shape.of(3, rows, inner)),
                Values.normal(15, Shape.of(3, inner, columns)))
            .outputs(Shape.of(3, rows, columns))
            .expecting(
                in -> {
                  Values product = Reference.matmul(in.get(0), in.get(1));
                  return List.of(
                      Values.of(
                          product.shape(),
                          i -> {
                            int which = along == Along.ROWS ? i / columns % rows : i % columns;
                            return activate(activation, product.data()[i] + bias.data()[which]);
                          }));
                })
            .independent(true, true)
            .run((backend, in, out) -> runWithBias(backend, in, out[0], bias, along, activation));
      }
    }
  }

  private static void runWithBias(
      Backend backend, Operand[] in, Operand out, Values bias, Along along, Activation activation) {
    try (var workspace = new Workspace(backend)) {
      Operand values = workspace.put(bias, Placement.SLICED);
      backend.gemm(in[0], in[1], out, new Epilogue.Bias(values, along, activation));
      backend.synchronize();
    }
  }

  private static double activate(Activation activation, double x) {
    return switch (activation) {
      case IDENTITY -> x;
      case RELU -> ScalarFunctions.apply(UnaryOp.RELU, x);
      case GELU -> ScalarFunctions.apply(UnaryOp.GELU, x);
    };
  }

  @Test
  default void aProductOfNothingIsZero() {
    OperationCheck.of(backend(), "gemm of inner extent 0")
        .inputs(Values.normal(16, Shape.of(2, 3, 0)), Values.normal(17, Shape.of(2, 0, 5)))
        .outputs(Shape.of(2, 3, 5))
        .expecting(_ -> List.of(Values.of(Shape.of(2, 3, 5), _ -> 0)))
        .within(Tolerance.EXACT)
        .run((backend, in, out) -> backend.gemm(in[0], in[1], out[0], Epilogue.NONE));
  }

  @Test
  default void nanAndInfinityAreNotSkippedOver() {
    Values a =
        Values.of(
            Shape.of(1, 3, 40), i -> i == 45 ? Double.NaN : i == 90 ? Double.POSITIVE_INFINITY : 0);
    Values b = Values.of(Shape.of(1, 40, 18), i -> i % 5);
    OperationCheck.of(backend(), "gemm with NaN")
        .inputs(a, b)
        .outputs(Shape.of(1, 3, 18))
        .expecting(in -> List.of(Reference.matmul(in.get(0), in.get(1))))
        .placed(Placement.CONTIGUOUS, Placement.TRANSPOSED, Placement.SLICED)
        .run((backend, in, out) -> backend.gemm(in[0], in[1], out[0], Epilogue.NONE));
  }
}
