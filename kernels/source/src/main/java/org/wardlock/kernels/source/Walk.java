package org.wardlock.kernels.source;

import java.util.Arrays;
import java.util.List;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/**
 * How kernels walk one or more views of equal shape: extents and strides in as few axes as the
 * views allow. Axes of extent 1 vanish, and neighbours that lie evenly in every view become one.
 * Structs {@code Extents} and {@code View} of common.h.
 */
final class Walk {
  /** As in common.h. */
  static final int LARGEST_RANK = 8;

  private final int count;
  private final int[] extents;
  private final int[][] strides;
  private final int[] offsets;
  private int rank;

  private Walk(Shape shape, List<Layout> views) {
    this.count = Math.toIntExact(shape.count());
    this.extents = new int[shape.rank()];
    this.strides = new int[views.size()][shape.rank()];
    this.offsets = views.stream().mapToInt(view -> Math.toIntExact(view.offset())).toArray();
  }

  /** Walks operands of one shape. */
  static Walk of(Operand... operands) {
    return merging(0, Arrays.stream(operands).map(Operand::layout).toList());
  }

  /** Walks views of one shape. */
  static Walk of(Layout... views) {
    return merging(0, List.of(views));
  }

  /** As {@link #of}, with the outermost axis left as it is. */
  static Walk keepingOutermost(Layout... views) {
    return merging(1, List.of(views));
  }

  /** As {@link #of}, with every axis left as it is. */
  static Walk unmerged(Layout... views) {
    return merging(views[0].shape().rank(), List.of(views));
  }

  private static Walk merging(int kept, List<Layout> views) {
    Shape shape = views.getFirst().shape();
    Walk walk = new Walk(shape, views);
    for (int axis = 0; axis < shape.rank(); axis++) {
      int extent = shape.extent(axis);
      if (axis >= kept && extent == 1) {
        continue;
      }
      if (walk.rank > kept && walk.isEven(axis, extent, views)) {
        walk.rank--;
        extent *= walk.extents[walk.rank];
      }
      walk.extents[walk.rank] = extent;
      for (int view = 0; view < views.size(); view++) {
        walk.strides[view][walk.rank] = Math.toIntExact(views.get(view).stride(axis));
      }
      walk.rank++;
    }
    if (walk.rank > LARGEST_RANK) {
      throw new UnsupportedOperationException(
          "a view of shape "
              + shape
              + " has "
              + walk.rank
              + " axes that do not merge, more than the "
              + LARGEST_RANK
              + " that kernels walk; make it contiguous in two steps");
    }
    return walk;
  }

  /** Whether an axis continues the one before it in every view. */
  private boolean isEven(int axis, int extent, List<Layout> views) {
    for (int view = 0; view < views.size(); view++) {
      if (strides[view][rank - 1] != views.get(view).stride(axis) * extent) {
        return false;
      }
    }
    return true;
  }

  /** The number of elements. */
  int count() {
    return count;
  }

  /** The struct {@code Extents}. */
  int[] extents() {
    int[] words = new int[2 + LARGEST_RANK];
    words[0] = count;
    words[1] = rank;
    System.arraycopy(extents, 0, words, 2, rank);
    return words;
  }

  /** The struct {@code View} of the view with a number. */
  int[] view(int number) {
    int[] words = new int[1 + LARGEST_RANK];
    words[0] = offsets[number];
    System.arraycopy(strides[number], 0, words, 1, rank);
    return words;
  }
}
