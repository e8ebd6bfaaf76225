package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/** Cross-entropy of logits against probabilities, with its gradient in the same pass. */
final class CrossEntropy {
  private CrossEntropy() {}

  /** {@link org.wardlock.tensor.spi.Backend#crossEntropy}. */
  static void run(
      MathKernel math,
      LaneKernel kernel,
      Operand logits,
      Operand target,
      Operand loss,
      Operand gradLogits,
      CpuContext context) {
    int length = logits.shape().extent(1);
    float[] losses = Dense.floats(loss);
    int lossAt = Dense.offset(loss);
    float[] gradients = Dense.floats(gradLogits);
    int gradientAt = Dense.offset(gradLogits);
    try (Dense x = Dense.of(logits, context);
        Dense wanted = Dense.of(target, context)) {
      Chunks.run(
          context,
          logits.shape().extent(0),
          length,
          (start, end) -> {
            float[] lanes = new float[LaneKernel.LANES];
            float[] scratch = context.take(length);
            for (int row = start; row < end; row++) {
              int at = x.offset() + row * length;
              int wantedAt = wanted.offset() + row * length;
              int outAt = gradientAt + row * length;
              float[] t = wanted.floats();
              float largest = Lanes.max(kernel, x.floats(), at, length, lanes);
              Softmax.subtract(x.floats(), at, largest, scratch, 0, length);
              math.unary(UnaryOp.EXP, scratch, 0, gradients, outAt, length);
              float sum = Lanes.sum(kernel, gradients, outAt, length, lanes);
              // Negative log-probabilities: nothing cancels in their weighted sum.
              negate(scratch, Softmax.log(sum), length);
              losses[lossAt + row] = Lanes.product(kernel, t, wantedAt, scratch, 0, length, lanes);
              float total = Lanes.sum(kernel, t, wantedAt, length, lanes);
              finish(gradients, outAt, total / sum, t, wantedAt, length);
            }
            context.release(scratch);
          });
    }
  }

  /** {@code x = from - x}. */
  private static void negate(float[] x, float from, int length) {
    for (int i = 0; i < length; i++) {
      x[i] = from - x[i];
    }
  }

  /** {@code out = out * factor - t}. */
  private static void finish(float[] out, int outAt, float factor, float[] t, int tAt, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i] = Fma.fma(out[outAt + i], factor, -t[tAt + i]);
    }
  }
}
