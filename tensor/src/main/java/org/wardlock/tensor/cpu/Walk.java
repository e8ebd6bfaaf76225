package org.wardlock.tensor.cpu;

import java.util.Arrays;
import org.wardlock.tensor.spi.Layout;

/**
 * The axes that several layouts of one shape have in common, in row-major order, merged where all
 * of them allow it: the fewer axes, the longer the runs that a kernel sees. There is always at
 * least one axis.
 */
final class Walk {
  private final int[] extents;
  private final int[][] strides;
  private final int[] starts;

  private Walk(int[] extents, int[][] strides, int[] starts) {
    this.extents = extents;
    this.strides = strides;
    this.starts = starts;
  }

  /** Merges the axes of layouts of equal shape. */
  static Walk of(Layout... layouts) {
    int count = layouts.length;
    int rank = layouts[0].shape().rank();
    int[] extents = new int[rank + 1];
    int[][] strides = new int[count][rank + 1];
    int merged = 0;
    for (int axis = 0; axis < rank; axis++) {
      int extent = layouts[0].shape().extent(axis);
      if (extent == 1) {
        continue;
      }
      if (merged > 0 && mergeable(layouts, axis, extent, strides, merged - 1)) {
        extents[merged - 1] *= extent;
      } else {
        extents[merged++] = extent;
      }
      for (int i = 0; i < count; i++) {
        strides[i][merged - 1] = Math.toIntExact(layouts[i].stride(axis));
      }
    }
    if (merged == 0) {
      extents[merged++] = 1;
    }
    int[] starts = new int[count];
    for (int i = 0; i < count; i++) {
      strides[i] = Arrays.copyOf(strides[i], merged);
      starts[i] = Math.toIntExact(layouts[i].offset());
    }
    return new Walk(Arrays.copyOf(extents, merged), strides, starts);
  }

  private static boolean mergeable(
      Layout[] layouts, int axis, int extent, int[][] strides, int into) {
    for (int i = 0; i < layouts.length; i++) {
      if (strides[i][into] != layouts[i].stride(axis) * extent) {
        return false;
      }
    }
    return true;
  }

  int rank() {
    return extents.length;
  }

  int extent(int axis) {
    return extents[axis];
  }

  /** Elements that a layout moves by along an axis. */
  int stride(int layout, int axis) {
    return strides[layout][axis];
  }

  /** The extent of the innermost axis. */
  int length() {
    return extents[extents.length - 1];
  }

  /** What a layout moves by along the innermost axis. */
  int step(int layout) {
    return strides[layout][extents.length - 1];
  }

  /** How many runs along the innermost axis there are. */
  int runs() {
    int product = 1;
    for (int axis = 0; axis < extents.length - 1; axis++) {
      product *= extents[axis];
    }
    return product;
  }

  /** This walk without one axis: each of its runs is at the axis' first position. */
  Walk without(int axis) {
    int[] left = remove(extents, axis);
    int[][] leftStrides = new int[strides.length][];
    for (int i = 0; i < strides.length; i++) {
      leftStrides[i] = remove(strides[i], axis);
    }
    return left.length > 0
        ? new Walk(left, leftStrides, starts)
        : new Walk(new int[] {1}, new int[strides.length][1], starts);
  }

  private static int[] remove(int[] values, int index) {
    int[] left = new int[values.length - 1];
    System.arraycopy(values, 0, left, 0, index);
    System.arraycopy(values, index + 1, left, index, left.length - index);
    return left;
  }

  /** A cursor at the start of a run. */
  Cursor at(int run) {
    return new Cursor(run);
  }

  /** Where the layouts' elements of one run begin; moves from run to run. */
  final class Cursor {
    /** Each layout's position, then the index along each outer axis: one array costs less. */
    private final int[] state = Arrays.copyOf(starts, starts.length + extents.length - 1);

    private Cursor(int run) {
      int rest = run;
      for (int axis = extents.length - 2; axis >= 0 && rest > 0; axis--) {
        int index = rest % extents[axis];
        rest /= extents[axis];
        state[starts.length + axis] = index;
        move(axis, index);
      }
    }

    /** The position of a layout's first element in this run. */
    int offset(int layout) {
      return state[layout];
    }

    /** Moves to the next run; after the last one, to the first. */
    void next() {
      for (int axis = extents.length - 2; axis >= 0; axis--) {
        int index = ++state[starts.length + axis];
        if (index < extents[axis]) {
          move(axis, 1);
          return;
        }
        state[starts.length + axis] = 0;
        move(axis, 1 - index);
      }
    }

    private void move(int axis, int steps) {
      for (int layout = 0; layout < starts.length; layout++) {
        state[layout] += steps * strides[layout][axis];
      }
    }
  }
}
