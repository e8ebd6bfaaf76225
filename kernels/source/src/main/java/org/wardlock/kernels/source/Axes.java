package org.wardlock.kernels.source;

import java.util.stream.IntStream;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Some axes of an operand, as a layout of its own. */
final class Axes {
  private Axes() {}

  /** Some axes of a layout, from another offset on. */
  static Layout along(Layout layout, long offset, int... axes) {
    int[] extents = IntStream.of(axes).map(layout.shape()::extent).toArray();
    long[] strides = IntStream.of(axes).mapToLong(layout::stride).toArray();
    return Layout.of(Shape.of(extents), strides, offset);
  }

  /** All axes but one: where the entries that it counts begin. */
  static Layout without(int axis, Layout layout) {
    int[] others =
        IntStream.range(0, layout.shape().rank()).filter(other -> other != axis).toArray();
    return along(layout, layout.offset(), others);
  }

  /** All axes but the last: where the rows begin. */
  static Layout rows(Operand x) {
    return without(x.shape().rank() - 1, x.layout());
  }

  /** The distance between neighbours in a row. */
  static int lastStride(Operand x) {
    return Math.toIntExact(x.layout().stride(x.shape().rank() - 1));
  }
}
