package org.wardlock.tensor.testing;

import org.wardlock.tensor.spi.Layout;

/** Where the elements of a view lie, one by one: slow and plain. */
public final class Positions {
  private Positions() {}

  /** The position of each element in row-major order. */
  public static long[] of(Layout layout) {
    long[] positions = new long[Math.toIntExact(layout.shape().count())];
    int rank = layout.shape().rank();
    int[] index = new int[rank];
    long position = layout.offset();
    for (int i = 0; i < positions.length; i++) {
      positions[i] = position;
      for (int axis = rank - 1; axis >= 0; axis--) {
        position += layout.stride(axis);
        if (++index[axis] < layout.shape().extent(axis)) {
          break;
        }
        position -= layout.stride(axis) * index[axis];
        index[axis] = 0;
      }
    }
    return positions;
  }
}
