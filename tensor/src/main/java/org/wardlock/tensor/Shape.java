package org.wardlock.tensor;

import java.util.Arrays;

/**
 * The extents of a tensor, outermost first. Immutable. Rank 0 is a scalar with one element; an
 * extent may be 0.
 */
public final class Shape {
  private static final Shape SCALAR = new Shape(new int[0]);

  private final int[] extents;
  private final long count;

  private Shape(int[] extents) {
    this.extents = extents;
    long product = 1;
    for (int extent : extents) {
      if (extent < 0) {
        throw new IllegalArgumentException(
            "shape " + Arrays.toString(extents) + ": extent " + extent + " is negative");
      }
      product = Math.multiplyExact(product, (long) extent);
    }
    this.count = product;
  }

  /** A shape with the given extents, outermost first; none gives a scalar's. */
  public static Shape of(int... extents) {
    return extents.length == 0 ? SCALAR : new Shape(extents.clone());
  }

  /** The number of axes. */
  public int rank() {
    return extents.length;
  }

  /** The extent of an axis; negative axes count from the end. */
  public int extent(int axis) {
    return extents[axis(axis)];
  }

  /** The number of elements: the product of the extents, 1 for a scalar. */
  public long count() {
    return count;
  }

  /** A fresh array of the extents. */
  public int[] toArray() {
    return extents.clone();
  }

  /** The axis as a number from 0 to rank - 1; negative axes count from the end. */
  public int axis(int axis) {
    int rank = extents.length;
    int resolved = axis < 0 ? axis + rank : axis;
    if (resolved < 0 || resolved >= rank) {
      throw new IllegalArgumentException(
          "axis " + axis + " is outside shape " + this + " of rank " + rank);
    }
    return resolved;
  }

  /** This shape with one extent replaced. */
  public Shape with(int axis, int extent) {
    int[] changed = extents.clone();
    changed[axis(axis)] = extent;
    return new Shape(changed);
  }

  /** This shape without one axis. */
  public Shape without(int axis) {
    int removed = axis(axis);
    int[] left = new int[extents.length - 1];
    System.arraycopy(extents, 0, left, 0, removed);
    System.arraycopy(extents, removed + 1, left, removed, left.length - removed);
    return new Shape(left);
  }

  /**
   * The shape two operands broadcast to: aligned at the innermost axis, extents equal or one of
   * them 1.
   *
   * @throws IllegalArgumentException naming the operation if they do not fit
   */
  public static Shape broadcast(String operation, Shape a, Shape b) {
    if (a.equals(b)) {
      return a;
    }
    int rank = Math.max(a.rank(), b.rank());
    int[] result = new int[rank];
    for (int i = 1; i <= rank; i++) {
      int left = i <= a.rank() ? a.extents[a.rank() - i] : 1;
      int right = i <= b.rank() ? b.extents[b.rank() - i] : 1;
      if (left != right && left != 1 && right != 1) {
        throw new IllegalArgumentException(
            operation
                + ": shapes "
                + a
                + " and "
                + b
                + " do not broadcast: "
                + left
                + " != "
                + right
                + " at axis "
                + (rank - i));
      }
      result[rank - i] = left == 1 ? right : left;
    }
    return new Shape(result);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Shape shape && Arrays.equals(extents, shape.extents);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(extents);
  }

  /** The extents in brackets, such as {@code [8,3,224,224]}. */
  @Override
  public String toString() {
    return Arrays.toString(extents).replace(" ", "");
  }
}
