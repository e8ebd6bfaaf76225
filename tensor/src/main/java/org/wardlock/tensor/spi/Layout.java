package org.wardlock.tensor.spi;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.Shape;

/**
 * Where the elements of a view lie in its storage: element (i, j, ...) is at {@code offset + i *
 * strides[0] + j * strides[1] + ...}. Strides count elements; 0 repeats (broadcasting), and views
 * may overlap (sliding windows).
 */
public final class Layout {
  private final Shape shape;
  private final long[] strides;
  private final long offset;

  private Layout(Shape shape, long[] strides, long offset) {
    this.shape = shape;
    this.strides = strides;
    this.offset = offset;
  }

  /** A layout with explicit strides and offset, both in elements. */
  public static Layout of(Shape shape, long[] strides, long offset) {
    if (strides.length != shape.rank()) {
      throw new IllegalArgumentException(
          "layout: "
              + strides.length
              + " strides do not fit shape "
              + shape
              + " of rank "
              + shape.rank());
    }
    return new Layout(shape, strides.clone(), offset);
  }

  /** Row-major from element 0, without gaps. */
  public static Layout contiguous(Shape shape) {
    return new Layout(shape, rowMajor(shape), 0);
  }

  private static long[] rowMajor(Shape shape) {
    long[] strides = new long[shape.rank()];
    long step = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      strides[axis] = step;
      step *= Math.max(1, shape.extent(axis));
    }
    return strides;
  }

  /** The extents. */
  public Shape shape() {
    return shape;
  }

  /** The distance between neighbours along an axis (0 to rank - 1), in elements. */
  public long stride(int axis) {
    return strides[axis];
  }

  /** A fresh array of the strides. */
  public long[] strides() {
    return strides.clone();
  }

  /** The position of the first element. */
  public long offset() {
    return offset;
  }

  /** Whether the elements lie in row-major order without gaps; axes of extent 1 do not matter. */
  public boolean isContiguous() {
    if (shape.count() == 0) {
      return true;
    }
    long expected = 1;
    for (int axis = strides.length - 1; axis >= 0; axis--) {
      int extent = shape.extent(axis);
      if (extent != 1) {
        if (strides[axis] != expected) {
          return false;
        }
        expected *= extent;
      }
    }
    return true;
  }

  /** One past the highest position a view reaches; 0 if it has no elements. */
  public long end() {
    if (shape.count() == 0) {
      return 0;
    }
    long last = offset;
    for (int axis = 0; axis < strides.length; axis++) {
      last += Math.max(0, strides[axis]) * (shape.extent(axis) - 1L);
    }
    return last + 1;
  }

  /** The axes in another order: new axis {@code i} is old axis {@code order[i]}. */
  public Layout permute(int... order) {
    int rank = shape.rank();
    if (order.length != rank) {
      throw new IllegalArgumentException(
          "permute: " + order.length + " axes given, shape " + shape + " has " + rank);
    }
    int[] extents = new int[rank];
    long[] permuted = new long[rank];
    boolean[] seen = new boolean[rank];
    for (int i = 0; i < rank; i++) {
      int axis = shape.axis(order[i]);
      if (seen[axis]) {
        throw new IllegalArgumentException(
            "permute: axis " + axis + " appears twice in " + Arrays.toString(order));
      }
      seen[axis] = true;
      extents[i] = shape.extent(axis);
      permuted[i] = strides[axis];
    }
    return new Layout(Shape.of(extents), permuted, offset);
  }

  /** The part of one axis from {@code start} (inclusive) to {@code end} (exclusive). */
  public Layout slice(int axis, int start, int end) {
    int resolved = shape.axis(axis);
    int extent = shape.extent(resolved);
    if (start < 0 || end < start || end > extent) {
      throw new IllegalArgumentException(
          "slice: [" + start + "," + end + ") is outside axis " + resolved + " of shape " + shape);
    }
    return new Layout(
        shape.with(resolved, end - start), strides, offset + start * strides[resolved]);
  }

  /** Broadcast to a larger shape: axes of extent 1 and missing outer axes get stride 0. */
  public Layout expand(Shape target) {
    if (target.equals(shape)) {
      return this;
    }
    int missing = target.rank() - shape.rank();
    long[] expanded = new long[target.rank()];
    for (int axis = 0; axis < target.rank(); axis++) {
      int own = axis < missing ? 1 : shape.extent(axis - missing);
      if (missing < 0 || (own != target.extent(axis) && own != 1)) {
        throw new IllegalArgumentException(
            "expand: shape " + shape + " does not broadcast to " + target);
      }
      expanded[axis] = own == 1 ? 0 : strides[axis - missing];
    }
    return new Layout(target, expanded, offset);
  }

  /**
   * The same elements under another shape of equal count, without moving them.
   *
   * @return the layout, or empty if the elements would have to be copied first
   */
  public Optional<Layout> reshape(Shape target) {
    if (target.count() != shape.count()) {
      throw new IllegalArgumentException(
          "reshape: "
              + shape
              + " has "
              + shape.count()
              + " elements, "
              + target
              + " has "
              + target.count());
    }
    if (target.equals(shape)) {
      return Optional.of(this);
    }
    if (isContiguous()) {
      return Optional.of(new Layout(target, rowMajor(target), offset));
    }
    return Reshaping.strides(this, target).map(found -> new Layout(target, found, offset));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Layout layout
        && shape.equals(layout.shape)
        && offset == layout.offset
        && Arrays.equals(strides, layout.strides);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * shape.hashCode() + Arrays.hashCode(strides)) + Long.hashCode(offset);
  }

  @Override
  public String toString() {
    return shape + " strides " + Arrays.toString(strides).replace(" ", "") + " offset " + offset;
  }
}
