package org.wardlock.nn.model;

import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Halves the sides of (N, C, H, W), odd ones rounded up; composed of what the engine has. */
final class Pooling {
  private static final int FIRST_AXIS = 2;
  private static final int LAST_AXIS = 3;

  private Pooling() {}

  /** Rows and columns 0, 2, 4 and so on. */
  static Tensor everySecond(Tensor x) {
    Tensor result = x;
    for (int axis = FIRST_AXIS; axis <= LAST_AXIS; axis++) {
      int extent = result.shape().extent(axis);
      Tensor even = extent % 2 == 0 ? result : result.pad(axis, 0, 1);
      result = half(even, axis, 0);
    }
    return result;
  }

  /**
   * The largest of each 3 x 3 window, two steps apart, with one row and column around the picture:
   * residual networks' pooling. What is around counts as 0, so nothing may be below: this stands
   * behind ReLU. Where several are the largest the gradient is shared among them.
   */
  static Tensor largest(Tensor x) {
    return largest(largest(x, FIRST_AXIS), LAST_AXIS);
  }

  /** Windows of three along one axis: two neighbours, and the first of the next two. */
  private static Tensor largest(Tensor x, int axis) {
    int extent = x.shape().extent(axis);
    int count = (extent + 1) / 2;
    Tensor padded = x.pad(axis, 1, 1 + extent % 2);
    Tensor first = half(padded, axis, 0);
    Tensor second = half(padded, axis, 1);
    return first
        .slice(axis, 0, count)
        .maximum(second.slice(axis, 0, count))
        .maximum(first.slice(axis, 1, count + 1));
  }

  /** One of each two neighbours along an axis of even extent. */
  private static Tensor half(Tensor x, int axis, int which) {
    Shape shape = x.shape();
    int[] pairs = new int[shape.rank() + 1];
    for (int i = 0, j = 0; i < shape.rank(); i++) {
      if (i == axis) {
        pairs[j++] = shape.extent(i) / 2;
        pairs[j++] = 2;
      } else {
        pairs[j++] = shape.extent(i);
      }
    }
    return x.reshape(pairs)
        .slice(axis + 1, which, which + 1)
        .reshape(shape.with(axis, shape.extent(axis) / 2).toArray());
  }
}
