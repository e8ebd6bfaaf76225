package org.wardlock.tensor.spi;

import java.util.Optional;
import org.wardlock.tensor.Shape;

/** Decides whether a strided view can take another shape without a copy. */
final class Reshaping {
  private Reshaping() {}

  /**
   * The strides of {@code target} over the elements of {@code source}, if they exist. Groups of
   * source axes that lie evenly in storage may be split and merged freely; a group boundary must
   * also be a boundary of the target.
   */
  static Optional<long[]> strides(Layout source, Shape target) {
    long[] result = new long[target.rank()];
    int from = 0;
    int to = 0;
    int sourceRank = source.shape().rank();
    while (to < target.rank()) {
      if (target.extent(to) == 1) {
        result[to++] = 0;
        continue;
      }
      while (source.shape().extent(from) == 1) {
        from++;
      }
      long have = source.shape().extent(from);
      long need = target.extent(to);
      int groupEnd = to + 1;
      long innerStride = source.stride(from);
      from++;
      while (have != need) {
        if (have < need) {
          long extent = source.shape().extent(from);
          if (extent != 1) {
            if (innerStride != source.stride(from) * extent) {
              return Optional.empty();
            }
            innerStride = source.stride(from);
            have *= extent;
          }
          from++;
        } else {
          need *= target.extent(groupEnd++);
        }
      }
      long step = innerStride;
      for (int axis = groupEnd - 1; axis >= to; axis--) {
        result[axis] = step;
        step *= target.extent(axis);
      }
      to = groupEnd;
    }
    for (; from < sourceRank; from++) {
      if (source.shape().extent(from) != 1) {
        return Optional.empty();
      }
    }
    return Optional.of(result);
  }
}
