package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Fill, copy, gather and scatter-add. */
interface MovementContract extends ContractFamily {
  @ParameterizedTest
  @EnumSource
  default void fillSetsTheViewAndNothingElse(DType dtype) {
    for (Shape shape : sizes()) {
      for (Placement placement : Placement.DISTINCT) {
        try (var workspace = new Workspace(backend())) {
          Operand out = workspace.put(dtype, Values.of(shape, _ -> 1), placement);
          double[] expected = workspace.content(out.storage());
          for (long position : Positions.of(out.layout())) {
            expected[(int) position] = 7;
          }
          backend().fill(out, 7);
          assertArrayEquals(
              expected, workspace.content(out.storage()), dtype + " " + shape + " " + placement);
        }
      }
    }
  }

  @Test
  default void fillTakesValuesThatAreNoNumbers() {
    try (var workspace = new Workspace(backend())) {
      Operand out = workspace.output(Shape.of(3));
      for (double value : new double[] {Double.NEGATIVE_INFINITY, 0.1f, Double.NaN}) {
        backend().fill(out, value);
        assertEquals(Values.vector(value, value, value), workspace.get(out));
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  default void copyMovesEveryElement(DType dtype) {
    for (Shape shape : sizes()) {
      Values values = Values.integers(3, shape, 100);
      for (Placement from : Placement.values()) {
        for (Placement to : Placement.DISTINCT) {
          try (var workspace = new Workspace(backend())) {
            Operand x = workspace.put(dtype, values, from);
            Operand out = workspace.put(dtype, Values.of(shape, _ -> 111), to);
            double[] around = workspace.content(out.storage());
            backend().copy(x, out);
            Values expected = from.seen(values);
            String what = dtype + " " + shape + " from " + from + " to " + to;
            assertEquals(expected, workspace.get(out), what);
            long[] positions = Positions.of(out.layout());
            for (int i = 0; i < positions.length; i++) {
              around[(int) positions[i]] = expected.data()[i];
            }
            assertArrayEquals(
                around, workspace.content(out.storage()), what + ": elements around the view");
          }
        }
      }
    }
  }

  @Test
  default void copyKeepsEveryBitOfALong() {
    long[] values = {Long.MIN_VALUE, -1, (1L << 53) + 1, Long.MAX_VALUE};
    try (var workspace = new Workspace(backend())) {
      Operand x = workspace.putLongs(Layout.of(Shape.of(2), new long[] {2}, 1), values);
      Operand out = workspace.output(DType.I64, Shape.of(2));
      backend().copy(x, out);
      long[] found = new long[2];
      backend().download(out.storage(), 0, MemorySegment.ofArray(found));
      assertArrayEquals(new long[] {-1, Long.MAX_VALUE}, found);
    }
  }

  @Test
  default void copyTakesOverlappingWindows() {
    try (var workspace = new Workspace(backend())) {
      double[] content = {0, 1, 2, 3, 4, 5};
      Operand windows =
          workspace.put(DType.F32, content, Layout.of(Shape.of(4, 3), new long[] {1, 1}, 0));
      Operand out = workspace.output(Shape.of(4, 3));
      backend().copy(windows, out);
      assertEquals(Values.of(Shape.of(4, 3), i -> i / 3 + i % 3), workspace.get(out));
    }
  }

  @ParameterizedTest
  @EnumSource
  default void gatherTakesTheNamedEntries(DType dtype) {
    Values x = Values.integers(5, Shape.of(4, 5, 3), 100);
    for (int axis = 0; axis < 3; axis++) {
      for (int count : new int[] {0, 1, 7}) {
        int extent = x.shape().extent(axis);
        int along = axis;
        Values index = Values.integers(6 + axis, Shape.of(count), extent);
        for (Placement placement : Placement.values()) {
          try (var workspace = new Workspace(backend())) {
            Values seen = placement.seen(x);
            Values chosen = placement.seen(index);
            Operand out = workspace.output(dtype, x.shape().with(axis, count));
            backend()
                .gather(
                    workspace.put(dtype, x, placement),
                    axis,
                    workspace.put(DType.I32, index, placement),
                    out);
            for (int i = 0; i < count; i++) {
              int which = (int) chosen.data()[i];
              assertEquals(
                  seen.view(Layout.contiguous(x.shape()).slice(along, which, which + 1)),
                  workspace.get(out.with(out.layout().slice(along, i, i + 1))),
                  dtype + " axis " + axis + " entry " + i + " " + placement);
            }
          }
        }
      }
    }
  }

  /** Refused, or NaN and 0 in its place: nothing outside is read. */
  @ParameterizedTest
  @EnumSource
  default void gatherTakesNothingFromOutside(DType dtype) {
    for (int outside : new int[] {-1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      try (var workspace = new Workspace(backend())) {
        Operand x = workspace.put(dtype, Values.of(Shape.of(2, 3), i -> i + 1), Placement.SLICED);
        Operand index = workspace.put(DType.I32, new double[] {1, outside}, vector(2));
        Operand out = workspace.output(dtype, Shape.of(2, 3));
        if (refuses(() -> backend().gather(x, 0, index, out))) {
          continue;
        }
        double nothing = Workspace.isFloat(dtype) ? Double.NaN : 0;
        assertEquals(
            Values.of(Shape.of(2, 3), i -> i < 3 ? i + 4 : nothing),
            workspace.get(out),
            dtype + " index " + outside);
      }
    }
  }

  @Test
  default void picturesAreMovedEachItsOwnWay() {
    int[][] moves = {
      {0, 0, 0},
      {1, -2, 0},
      {-2, 1, 1},
      {0, 0, 1},
      {3, 0, 0},
      {4, 0, 0},
      {0, -5, 1},
      {-4, 5, 0},
      {Integer.MAX_VALUE, Integer.MIN_VALUE, 1}
    };
    for (Shape shape : List.of(Shape.of(9, 3, 4, 5), Shape.of(9, 1, 4, 1), Shape.of(9, 2, 1, 8))) {
      for (Placement placement : Placement.values()) {
        try (var workspace = new Workspace(backend())) {
          Values x = Values.integers(9, shape, 255).map(value -> value + 1);
          Operand out = workspace.output(DType.U8, shape);
          double[] numbers =
              Arrays.stream(moves).flatMapToInt(Arrays::stream).asDoubleStream().toArray();
          Operand given =
              workspace.put(DType.I32, numbers, Layout.contiguous(Shape.of(moves.length, 3)));
          backend().movePictures(workspace.put(DType.U8, x, placement), given, out);
          assertEquals(
              moved(placement.seen(x), moves), workspace.get(out), shape + " " + placement);
        }
      }
    }
  }

  private static Values moved(Values x, int[]... moves) {
    Shape shape = x.shape();
    int height = shape.extent(2);
    int width = shape.extent(3);
    int values = shape.extent(1) * height * width;
    return Values.of(
        shape,
        i -> {
          int[] move = moves[i / values];
          int column = i % width;
          long row = i / width % height + (long) move[0];
          long place = (move[2] == 1 ? width - 1 - column : column) + (long) move[1];
          boolean inside = row >= 0 && row < height && place >= 0 && place < width;
          int plane = i / (height * width);
          return inside ? x.data()[(int) ((plane * height + row) * width + place)] : 0;
        });
  }

  @Test
  default void noPictureNeedsNoMove() {
    try (var workspace = new Workspace(backend())) {
      Operand none = workspace.output(DType.U8, Shape.of(0, 3, 4, 5));
      backend().movePictures(none, workspace.output(DType.I32, Shape.of(0, 3)), none);
      assertEquals(0, workspace.get(none).shape().count());
    }
  }

  /** Refused, or left out: nothing outside is written to. */
  @Test
  default void scatterAddLeavesOutWhatIsOutside() {
    for (int outside : new int[] {-1, 2, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      try (var workspace = new Workspace(backend())) {
        Operand x = workspace.put(Values.of(Shape.of(2, 3), i -> i + 1), Placement.CONTIGUOUS);
        Operand index = workspace.put(DType.I32, new double[] {outside, 1}, vector(2));
        double[] around = new double[20];
        Operand out =
            workspace.put(DType.F32, around, Layout.of(Shape.of(2, 3), new long[] {3, 1}, 7));
        if (!refuses(() -> backend().scatterAdd(x, 0, index, out))) {
          around[10] = 4;
          around[11] = 5;
          around[12] = 6;
        }
        assertArrayEquals(around, workspace.content(out.storage()), "index " + outside);
      }
    }
  }

  private static boolean refuses(Runnable operation) {
    try {
      operation.run();
      return false;
    } catch (IndexOutOfBoundsException refused) {
      return true;
    }
  }

  private static Layout vector(int extent) {
    return Layout.contiguous(Shape.of(extent));
  }

  /** Bit by bit: equal indices are added in ascending order, to zeros. */
  @Test
  default void scatterAddAddsInOrder() {
    Values x = Values.normal(7, Shape.of(6, 37, 5));
    for (int axis = 0; axis < 3; axis++) {
      int extent = x.shape().extent(axis);
      Values index = Values.integers(8, Shape.of(extent), 3);
      for (Placement placement : Placement.values()) {
        try (var workspace = new Workspace(backend())) {
          Operand out =
              workspace.put(Values.of(x.shape().with(axis, 4), _ -> 0), Placement.CONTIGUOUS);
          backend()
              .scatterAdd(
                  workspace.put(x, placement),
                  axis,
                  workspace.put(DType.I32, index, placement),
                  out);
          Values expected = scattered(placement.seen(x), axis, placement.seen(index), out.layout());
          OperationCheck.requireSameBits(
              "axis " + axis + " " + placement, expected, workspace.get(out));
        }
      }
    }
  }

  @Test
  default void scatterAddOfNothingLeavesZeros() {
    try (var workspace = new Workspace(backend())) {
      Operand out = workspace.put(Values.of(Shape.of(3, 2), _ -> 0), Placement.CONTIGUOUS);
      backend()
          .scatterAdd(
              workspace.output(Shape.of(0, 2)), 0, workspace.output(DType.I32, Shape.of(0)), out);
      assertEquals(Values.of(Shape.of(3, 2), _ -> 0), workspace.get(out));
    }
  }

  private static Values scattered(Values x, int axis, Values index, Layout out) {
    double[] sums = new double[(int) out.shape().count()];
    for (int i = 0; i < index.data().length; i++) {
      int target = (int) index.data()[i];
      long[] from = Positions.of(Layout.contiguous(x.shape()).slice(axis, i, i + 1));
      long[] to = Positions.of(out.slice(axis, target, target + 1));
      for (int j = 0; j < from.length; j++) {
        sums[(int) to[j]] = (float) (sums[(int) to[j]] + x.data()[(int) from[j]]);
      }
    }
    return new Values(out.shape(), sums);
  }
}
