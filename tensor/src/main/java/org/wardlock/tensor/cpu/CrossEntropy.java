package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/** Cross-entropy of logits against probabilities, with its gradient in the same pass. */
final class CrossEntropy {
  private CrossEntropy() {}

  /** {@link org.wardlock.tensor.spi.Backend#crossEntropy}. */
  static void run(
      CpuKernels kernels,
      Operand logits,
      Operand target,
      Operand loss,
      Operand gradLogits,
      CpuContext context) {
    LaneKernel kernel = kernels.lanes();
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
            float[] lanes = context.take(LaneKernel.LANES);
            float[] scratch = context.take(length);
            for (int row = start; row < end; row++) {
              int at = x.offset() + row * length;
              int wantedAt = wanted.offset() + row * length;
              int outAt = gradientAt + row * length;
              float[] t = wanted.floats();
              float largest = Lanes.max(kernel, x.floats(), at, length, lanes);
              kernels.binary().affine(x.floats(), at, 1f, -largest, scratch, 0, length);
              kernels.math().unary(UnaryOp.EXP, scratch, 0, gradients, outAt, length);
              float sum = Lanes.sum(kernel, gradients, outAt, length, lanes);
              // Negative log-probabilities: nothing cancels in their weighted sum.
              kernels.binary().affine(scratch, 0, -1f, Softmax.log(sum), scratch, 0, length);
              losses[lossAt + row] = Lanes.product(kernel, t, wantedAt, scratch, 0, length, lanes);
              float total = Lanes.sum(kernel, t, wantedAt, length, lanes);
              kernels
                  .norm()
                  .combine(
                      gradients, outAt, t, wantedAt, total / sum, -1f, gradients, outAt, length);
            }
            context.release(scratch);
            context.release(lanes);
          });
    }
  }
}
