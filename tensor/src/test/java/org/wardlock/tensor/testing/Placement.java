package org.wardlock.tensor.testing;

import java.util.Arrays;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;

/** The ways an operand may lie in its storage. */
enum Placement {
  /** Row-major, nothing else in the storage. */
  CONTIGUOUS,
  /** Column-major. */
  TRANSPOSED,
  /** A part of something larger along every axis. */
  SLICED,
  /** Every second element along the last axis. */
  SPACED,
  /** The outermost axis repeats one entry. */
  REPEATED_OUTER,
  /** The innermost axis repeats one entry. */
  REPEATED_INNER;

  /** The placements that repeat nothing: those of outputs, and of inputs that must vary. */
  static final Placement[] DISTINCT = {CONTIGUOUS, TRANSPOSED, SLICED, SPACED};

  /** What an operand placed so can hold: repeated axes hold their first entry everywhere. */
  Values seen(Values values) {
    Shape shape = values.shape();
    if (shape.count() == 0 || shape.rank() == 0) {
      return values;
    }
    Layout layout = Layout.contiguous(shape);
    return switch (this) {
      case CONTIGUOUS, TRANSPOSED, SLICED, SPACED -> values;
      case REPEATED_OUTER -> values.view(layout.slice(0, 0, 1).expand(shape));
      case REPEATED_INNER -> values.view(layout.slice(-1, 0, 1).expand(shape));
    };
  }

  /** The layout of an operand placed so, in a storage of its own. */
  Layout layout(Shape shape) {
    int rank = shape.rank();
    if (rank == 0 || shape.count() == 0) {
      return Layout.contiguous(shape);
    }
    return switch (this) {
      case CONTIGUOUS -> Layout.contiguous(shape);
      case TRANSPOSED -> reversed(Layout.contiguous(reversed(Layout.contiguous(shape)).shape()));
      case SLICED -> {
        int[] padded = Arrays.stream(shape.toArray()).map(extent -> extent + 3).toArray();
        Layout layout = Layout.contiguous(Shape.of(padded));
        for (int axis = 0; axis < rank; axis++) {
          layout = layout.slice(axis, 1, 1 + shape.extent(axis));
        }
        yield layout;
      }
      case SPACED -> {
        Layout layout = Layout.contiguous(shape);
        long[] strides = Arrays.stream(layout.strides()).map(stride -> 2 * stride).toArray();
        yield Layout.of(shape, strides, 1);
      }
      case REPEATED_OUTER -> Layout.contiguous(shape.with(0, 1)).expand(shape);
      case REPEATED_INNER -> Layout.contiguous(shape.with(-1, 1)).expand(shape);
    };
  }

  private static Layout reversed(Layout layout) {
    int rank = layout.shape().rank();
    int[] order = new int[rank];
    Arrays.setAll(order, i -> rank - 1 - i);
    return layout.permute(order);
  }
}
