package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.spi.Operand;

/**
 * Batch normalisation of (N, C, ...) with the batch's statistics, channel by channel: first the
 * mean, then the squares of what is left when it is taken away, so that a large mean costs the
 * variance no digits.
 */
final class BatchNorm {
  private final LaneKernel kernel;
  private final NormKernel norm;
  private final CpuContext context;

  BatchNorm(CpuKernels kernels, CpuContext context) {
    kernel = kernels.lanes();
    norm = kernels.norm();
    this.context = context;
  }

  /** Where the values of channels lie. */
  private record Planes(int batch, int channels, int size) {
    static Planes of(Operand x) {
      int batch = x.shape().extent(0);
      int channels = x.shape().extent(1);
      int each = Math.max(1, batch * channels);
      return new Planes(batch, channels, Math.toIntExact(x.shape().count() / each));
    }

    int at(int picture, int channel) {
      return (picture * channels + channel) * size;
    }

    int count() {
      return batch * size;
    }
  }

  /** A sum over one channel. */
  @FunctionalInterface
  private interface Sum {
    void take(int at, float[] lanes, int phase);
  }

  private static float sum(Planes planes, int channel, float[] lanes, Sum sum) {
    Arrays.fill(lanes, 0f);
    for (int picture = 0; picture < planes.batch(); picture++) {
      int phase = (int) ((long) picture * planes.size() % LaneKernel.LANES);
      sum.take(planes.at(picture, channel), lanes, phase);
    }
    return Lanes.sum(lanes);
  }

  /** {@link org.wardlock.tensor.spi.Backend#batchNorm}. */
  void forward(
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Operand out,
      Operand mean,
      Operand variance) {
    Planes planes = Planes.of(x);
    int size = planes.size();
    FloatSlice to = Dense.slice(out);
    FloatSlice means = Dense.slice(mean);
    FloatSlice variances = Dense.slice(variance);
    try (Dense values = Dense.of(x, context);
        Dense weights = Dense.of(weight, context);
        Dense biases = Dense.of(bias, context)) {
      float[] data = values.floats();
      int from = values.offset();
      Chunks.run(
          context,
          planes.channels(),
          planes.count(),
          (start, end) -> {
            float[] lanes = context.take(LaneKernel.LANES);
            for (int channel = start; channel < end; channel++) {
              float center =
                  sum(
                          planes,
                          channel,
                          lanes,
                          (at, l, phase) -> kernel.sum(data, from + at, size, l, phase))
                      / planes.count();
              float spread =
                  sum(
                          planes,
                          channel,
                          lanes,
                          (at, l, phase) ->
                              kernel.sumSquares(data, from + at, center, size, l, phase))
                      / planes.count();
              means.data()[means.offset() + channel] = center;
              variances.data()[variances.offset() + channel] = spread;
              float scale =
                  weights.floats()[weights.offset() + channel]
                      * LayerNorm.inverseRoot(spread, epsilon);
              float shift = biases.floats()[biases.offset() + channel];
              for (int picture = 0; picture < planes.batch(); picture++) {
                int at = planes.at(picture, channel);
                norm.scale(
                    data, from + at, center, scale, shift, to.data(), to.offset() + at, size);
              }
            }
            context.release(lanes);
          });
    }
  }

  /** {@link org.wardlock.tensor.spi.Backend#batchNormBackward}. */
  void backward(
      Operand x,
      Operand weight,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    Planes planes = Planes.of(x);
    int size = planes.size();
    try (Dense values = Dense.of(x, context);
        Dense weights = Dense.of(weight, context);
        Dense means = Dense.of(mean, context);
        Dense variances = Dense.of(variance, context);
        Dense gradient = Dense.of(g, context)) {
      float[] data = values.floats();
      int from = values.offset();
      float[] gradients = gradient.floats();
      int gFrom = gradient.offset();
      Chunks.run(
          context,
          planes.channels(),
          planes.count(),
          (start, end) -> {
            float[] lanes = context.take(LaneKernel.LANES);
            for (int channel = start; channel < end; channel++) {
              float center = means.floats()[means.offset() + channel];
              float scale =
                  LayerNorm.inverseRoot(variances.floats()[variances.offset() + channel], epsilon);
              float sum =
                  sum(
                      planes,
                      channel,
                      lanes,
                      (at, l, phase) -> kernel.sum(gradients, gFrom + at, size, l, phase));
              float projection =
                  scale
                      * sum(
                          planes,
                          channel,
                          lanes,
                          (at, l, phase) ->
                              kernel.sumCentered(
                                  data, from + at, center, gradients, gFrom + at, size, l, phase));
              set(gradBias, channel, sum);
              set(gradWeight, channel, projection);
              if (gradX.isPresent()) {
                FloatSlice out = Dense.slice(gradX.get());
                float factor = scale * weights.floats()[weights.offset() + channel];
                float average = sum / planes.count();
                float slope = -scale * (projection / planes.count());
                for (int picture = 0; picture < planes.batch(); picture++) {
                  int at = planes.at(picture, channel);
                  norm.project(
                      data,
                      from + at,
                      gradients,
                      gFrom + at,
                      center,
                      slope,
                      average,
                      factor,
                      out.data(),
                      out.offset() + at,
                      size);
                }
              }
            }
            context.release(lanes);
          });
    }
  }

  private static void set(Optional<Operand> out, int channel, float value) {
    out.ifPresent(operand -> Dense.floats(operand)[Dense.offset(operand) + channel] = value);
  }
}
