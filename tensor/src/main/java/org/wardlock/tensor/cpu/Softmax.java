package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/** Softmax and its logarithm along the last axis, row by row. */
final class Softmax {
  private final MathKernel math;
  private final BinaryKernel arithmetic;
  private final LaneKernel kernel;
  private final NormKernel norm;
  private final CpuContext context;

  Softmax(CpuKernels kernels, CpuContext context) {
    math = kernels.math();
    arithmetic = kernels.binary();
    kernel = kernels.lanes();
    norm = kernels.norm();
    this.context = context;
  }

  /** {@link org.wardlock.tensor.spi.Backend#softmax}. */
  void forward(Operand x, boolean logarithm, Operand out) {
    int length = x.shape().extent(-1);
    float[] to = Dense.floats(out);
    int toAt = Dense.offset(out);
    try (Dense rows = Dense.of(x, context)) {
      Chunks.run(
          context,
          rows(x),
          length,
          (start, end) -> {
            float[] lanes = context.take(LaneKernel.LANES);
            float[] scratch = context.take(length);
            for (int row = start; row < end; row++) {
              int at = rows.offset() + row * length;
              int outAt = toAt + row * length;
              float largest = Lanes.max(kernel, rows.floats(), at, length, lanes);
              arithmetic.affine(rows.floats(), at, 1f, -largest, to, outAt, length);
              if (logarithm) {
                float sum = sumOfExponentials(to, outAt, scratch, 0, length, lanes);
                arithmetic.affine(to, outAt, 1f, -log(sum), to, outAt, length);
              } else {
                float sum = sumOfExponentials(to, outAt, to, outAt, length, lanes);
                arithmetic.affine(to, outAt, 1f / sum, 0f, to, outAt, length);
              }
            }
            context.release(scratch);
            context.release(lanes);
          });
    }
  }

  private float sumOfExponentials(
      float[] x, int at, float[] out, int outAt, int length, float[] lanes) {
    math.unary(UnaryOp.EXP, x, at, out, outAt, length);
    return Lanes.sum(kernel, out, outAt, length, lanes);
  }

  /** {@link org.wardlock.tensor.spi.Backend#softmaxBackward}. */
  void backward(Operand y, Operand g, boolean logarithm, Operand out) {
    int length = y.shape().extent(-1);
    float[] to = Dense.floats(out);
    int toAt = Dense.offset(out);
    try (Dense result = Dense.of(y, context);
        Dense gradient = Dense.of(g, context)) {
      Chunks.run(
          context,
          rows(y),
          length,
          (start, end) -> {
            float[] lanes = context.take(LaneKernel.LANES);
            for (int row = start; row < end; row++) {
              int at = result.offset() + row * length;
              int gAt = gradient.offset() + row * length;
              int outAt = toAt + row * length;
              float[] values = result.floats();
              if (logarithm) {
                float sum = Lanes.sum(kernel, gradient.floats(), gAt, length, lanes);
                math.unary(UnaryOp.EXP, values, at, to, outAt, length);
                norm.combine(to, outAt, gradient.floats(), gAt, -sum, 1f, to, outAt, length);
              } else {
                float inner =
                    Lanes.product(kernel, values, at, gradient.floats(), gAt, length, lanes);
                norm.weigh(values, at, gradient.floats(), gAt, inner, to, outAt, length);
              }
            }
            context.release(lanes);
          });
    }
  }

  /** How many rows along the last axis there are; a row of nothing is none. */
  static int rows(Operand x) {
    int length = x.shape().extent(-1);
    return length == 0 ? 0 : Math.toIntExact(x.shape().count() / length);
  }

  /** The logarithm of a sum: the same bits from the interpreter and from every compiler. */
  static float log(float sum) {
    return (float) StrictMath.log(sum);
  }
}
