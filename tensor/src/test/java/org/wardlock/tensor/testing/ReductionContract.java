package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;

/** Sums and extrema along axes, and the largest entries. */
interface ReductionContract extends ContractFamily {
  int LANES = 16;

  @ParameterizedTest
  @EnumSource
  default void reduce(ReduceOp op) {
    for (Shape shape : sizes()) {
      for (int set = 0; set < 1 << shape.rank(); set++) {
        requireReduced(op, Values.normal(1, shape), members(set));
      }
    }
    requireReduced(op, Values.normal(2, Shape.of(3, large())), 1);
    requireReduced(op, Values.normal(2, Shape.of(large(), 3)), 0);
    requireReduced(op, Values.normal(3, Shape.of(5, 7, 13, 11)), 0, 2, 3);
    requireReduced(op, Values.normal(3, Shape.of(2, 3, 40, 40)), 2, 3);
  }

  private void requireReduced(ReduceOp op, Values x, int... axes) {
    Shape shape = x.shape();
    for (int axis : axes) {
      shape = shape.with(axis, 1);
    }
    long terms = x.shape().count() / Math.max(1, shape.count());
    boolean exact = op == ReduceOp.MAX || op == ReduceOp.MIN;
    OperationCheck.of(backend(), op + " of " + x.shape() + " along " + Arrays.toString(axes))
        .inputs(x)
        .outputs(shape)
        .expecting(in -> List.of(Reference.reduce(op, in.getFirst(), axes)))
        .within(exact ? Tolerance.EXACT : Tolerance.ofSum(terms))
        .run((b, in, out) -> b.reduce(op, in[0], axes, out[0]));
  }

  private static int[] members(int set) {
    int[] members = new int[Integer.bitCount(set)];
    int count = 0;
    for (int axis = 0; count < members.length; axis++) {
      if ((set >> axis & 1) == 1) {
        members[count++] = axis;
      }
    }
    return members;
  }

  /** The documented order, to the last bit: in each chunk sixteen lanes, then halves. */
  @Test
  default void sumsAreMadeInSixteenLanes() {
    for (int count : new int[] {0, 1, 2, 15, 16, 17, 31, 100, 257, 4099}) {
      Values rows = Values.normal(count, Shape.of(3, count)).map(value -> 1000 * value + 1);
      Values columns = Values.normal(count, Shape.of(count, 3));
      Values both = Values.normal(count, Shape.of(2, 3, count));
      requireLanes(rows, 0, Layout.contiguous(rows.shape()), 1);
      requireLanes(columns, 1, Layout.contiguous(columns.shape()).permute(1, 0), 0);
      requireLanes(both, 1, Layout.contiguous(both.shape()).permute(1, 0, 2), 0, 2);
    }
  }

  /** Checks the sum along some axes, given a layout that puts the kept axis first. */
  private void requireLanes(Values x, int kept, Layout keptFirst, int... axes) {
    double[] values = x.view(keptFirst).data();
    int rows = keptFirst.shape().extent(0);
    int count = values.length / rows;
    Shape shape = x.shape();
    for (int axis : axes) {
      shape = shape.with(axis, 1);
    }
    int chunk = backend().reductionChunk();
    Values expected =
        Values.of(
            shape,
            row -> chunkSum(chunk, Arrays.copyOfRange(values, row * count, (row + 1) * count)));
    try (var workspace = new Workspace(backend())) {
      Operand out = workspace.output(shape);
      backend().reduce(ReduceOp.SUM, workspace.put(x, Placement.CONTIGUOUS), axes, out);
      OperationCheck.requireSameBits(
          "sum of " + x.shape() + " but axis " + kept, expected, workspace.get(out));
    }
  }

  private static double chunkSum(int chunk, double... values) {
    if (values.length <= chunk) {
      return laneSum(values, 0, values.length);
    }
    double[] sums = new double[Math.ceilDiv(values.length, chunk)];
    Arrays.setAll(
        sums, i -> laneSum(values, i * chunk, Math.min(chunk, values.length - i * chunk)));
    return chunkSum(chunk, sums);
  }

  private static double laneSum(double[] values, int start, int count) {
    float[] lanes = new float[LANES];
    for (int j = 0; j < count; j++) {
      lanes[j % LANES] += (float) values[start + j];
    }
    for (int half = LANES / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        lanes[lane] += lanes[lane + half];
      }
    }
    return lanes[0];
  }

  @Test
  default void extremaOfRowsWithNaNAreNaN() {
    Values x = Values.of(Shape.of(3, 40), i -> i == 57 ? Double.NaN : i % 7);
    for (ReduceOp op : ReduceOp.values()) {
      OperationCheck.of(backend(), op + " with NaN")
          .inputs(x)
          .outputs(Shape.of(3, 1))
          .expecting(in -> List.of(Reference.reduce(op, in.getFirst(), 1)))
          .placed(Placement.CONTIGUOUS, Placement.TRANSPOSED)
          .run((b, in, out) -> b.reduce(op, in[0], new int[] {1}, out[0]));
    }
  }

  @Test
  default void nothingReducesToTheNeutralElement() {
    try (var workspace = new Workspace(backend())) {
      Operand nothing = workspace.output(Shape.of(2, 0));
      Operand out = workspace.output(Shape.of(2, 1));
      double infinity = Double.POSITIVE_INFINITY;
      double[] expected = {0, Double.NaN, -infinity, infinity};
      for (ReduceOp op : ReduceOp.values()) {
        backend().reduce(op, nothing, new int[] {1}, out);
        double neutral = expected[op.ordinal()];
        assertEquals(Values.of(Shape.of(2, 1), _ -> neutral), workspace.get(out), op.name());
      }
    }
  }

  @Test
  default void topKFindsTheLargestInOrder() {
    for (Shape shape : rows()) {
      int extent = shape.extent(-1);
      // few different values, so that there are ties
      Values x = Values.integers(4, shape, 50);
      for (int k : new int[] {1, Math.min(5, extent), Math.min(32, extent)}) {
        for (Placement placement : Placement.values()) {
          requireTopK(x, k, placement);
        }
      }
    }
  }

  @Test
  default void topKPutsNaNFirstAndTakesTheZerosForEqual() {
    Values x = Values.vector(1, Double.NaN, Double.POSITIVE_INFINITY, -0.0, 0.0, Double.NaN, 2, -1);
    requireTopK(x, 8, Placement.CONTIGUOUS);
  }

  private void requireTopK(Values x, int k, Placement placement) {
    try (var workspace = new Workspace(backend())) {
      Shape shape = x.shape().with(-1, k);
      Operand values = workspace.output(shape);
      Operand indices = workspace.output(DType.I32, shape);
      backend().topK(workspace.put(x, placement), k, values, indices);
      String what = k + " largest of " + x.shape() + " " + placement;
      double[] data = placement.seen(x).data();
      int extent = x.shape().extent(-1);
      Values expected = Values.of(shape, i -> ranked(data, i / k * extent, extent, i % k));
      assertEquals(expected, workspace.get(indices), what + ": indices");
      assertEquals(
          Values.of(shape, i -> data[i / k * extent + (int) expected.data()[i]]),
          workspace.get(values),
          what + ": values");
    }
  }

  /** The index of the element that has exactly {@code rank} elements before it. */
  private static int ranked(double[] data, int start, int extent, int rank) {
    for (int i = 0; i < extent; i++) {
      int before = 0;
      for (int j = 0; j < extent; j++) {
        int order = Double.compare(data[start + j] + 0.0, data[start + i] + 0.0);
        if (order > 0 || order == 0 && j < i) {
          before++;
        }
      }
      if (before == rank) {
        return i;
      }
    }
    throw new AssertionError("no element of rank " + rank);
  }
}
