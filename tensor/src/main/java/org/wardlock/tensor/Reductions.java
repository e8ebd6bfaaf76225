package org.wardlock.tensor;

import java.util.Locale;
import java.util.stream.IntStream;
import org.wardlock.tensor.spi.ReduceOp;

/** Sums, means and extrema along axes. */
final class Reductions {
  private Reductions() {}

  static Tensor sum(Tensor x, int... axes) {
    Tensor out = reduce(ReduceOp.SUM, x, resolve(x.shape(), axes));
    return x.isRecorded() ? out.attach(new Op.Sum(1), x) : out;
  }

  static Tensor mean(Tensor x, int... axes) {
    Tensor out = reduce(ReduceOp.MEAN, x, resolve(x.shape(), axes));
    if (!x.isRecorded()) {
      return out;
    }
    float scale = (float) ((double) out.shape().count() / x.shape().count());
    return out.attach(new Op.Sum(scale), x);
  }

  static Tensor extremum(ReduceOp op, Tensor x, int... axes) {
    x.require(op.name().toLowerCase(Locale.ROOT), DType.F32);
    int[] resolved = resolve(x.shape(), axes);
    Tensor out = reduce(op, x, resolved);
    if (!x.isRecorded()) {
      return out;
    }
    return out.attach(
        new Op.ReduceExtremum(resolved, Saved.of(x.operand()), Saved.of(out.operand())), x);
  }

  private static Tensor reduce(ReduceOp op, Tensor x, int... axes) {
    x.requireReal(op.name().toLowerCase(Locale.ROOT));
    Shape shape = x.shape();
    for (int axis : axes) {
      shape = shape.with(axis, 1);
    }
    Tensor out = Tensor.empty(x.backend(), DType.F32, shape);
    x.backend().reduce(op, x.operand(), axes, out.operand());
    return out;
  }

  private static int[] resolve(Shape shape, int... axes) {
    if (axes.length == 0) {
      return IntStream.range(0, shape.rank()).toArray();
    }
    int[] resolved = IntStream.of(axes).map(shape::axis).sorted().distinct().toArray();
    if (resolved.length != axes.length) {
      throw new IllegalArgumentException("reduce: an axis of shape " + shape + " is named twice");
    }
    return resolved;
  }

  /** Sums a broadcast operand's gradient back to the operand's own shape. */
  static Tensor sumTo(Tensor g, Shape shape) {
    if (g.shape().equals(shape)) {
      return g;
    }
    int missing = g.shape().rank() - shape.rank();
    int[] axes =
        IntStream.range(0, g.shape().rank())
            .filter(
                axis ->
                    axis < missing
                        || (shape.extent(axis - missing) == 1 && g.shape().extent(axis) != 1))
            .toArray();
    return sum(g, axes).reshape(shape.toArray());
  }

  static Tensor.TopK topK(Tensor x, int k) {
    x.require("topK", DType.F32);
    int extent = x.shape().rank() == 0 ? 0 : x.shape().extent(-1);
    if (k < 1 || k > extent) {
      throw new IllegalArgumentException(
          "topK: k " + k + " is outside 1.." + extent + " for shape " + x.shape());
    }
    Shape shape = x.shape().with(-1, k);
    Tensor values = Tensor.empty(x.backend(), DType.F32, shape);
    Tensor indices = Tensor.empty(x.backend(), DType.I32, shape);
    x.backend().topK(x.operand(), k, values.operand(), indices.operand());
    return new Tensor.TopK(values, indices);
  }
}
