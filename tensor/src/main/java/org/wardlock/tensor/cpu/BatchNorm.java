package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * Batch normalisation of (N, C, ...) with the batch's statistics, channel by channel: first the
 * mean, then the squares of what is left when it is taken away, so that a large mean costs the
 * variance no digits.
 */
final class BatchNorm {
  private final MathKernel math;
  private final BinaryKernel arithmetic;
  private final LaneKernel kernel;
  private final NormKernel norm;
  private final CpuContext context;

  BatchNorm(CpuKernels kernels, CpuContext context) {
    math = kernels.math();
    arithmetic = kernels.binary();
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
    try (Dense values = Dense.of(x, context);
        Dense weights = Dense.of(weight, context);
        Dense biases = Dense.of(bias, context)) {
      var parameters = new Parameters(weights.slice(), biases.slice(), epsilon);
      var results = new Results(Dense.slice(out), Dense.slice(mean), Dense.slice(variance));
      Planes planes = Planes.of(x);
      forEachChannel(
          planes,
          (channel, lanes) ->
              normalize(planes, channel, values.slice(), parameters, results, lanes));
    }
  }

  /** {@link org.wardlock.tensor.spi.Backend#activatedBatchNorm}. */
  void forwardActivated(
      UnaryOp function,
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Optional<Operand> addend,
      Operand activated,
      Operand out,
      Operand mean,
      Operand variance) {
    try (Dense values = Dense.of(x, context);
        Dense weights = Dense.of(weight, context);
        Dense biases = Dense.of(bias, context);
        Dense summands = Dense.of(addend.orElse(x), context)) {
      var parameters = new Parameters(weights.slice(), biases.slice(), epsilon);
      var results = new Results(Dense.slice(out), Dense.slice(mean), Dense.slice(variance));
      FloatSlice from = Dense.slice(activated);
      Planes planes = Planes.of(x);
      int size = planes.size();
      forEachChannel(
          planes,
          (channel, lanes) -> {
            for (int picture = 0; picture < planes.batch(); picture++) {
              int at = planes.at(picture, channel);
              math.unary(
                  function,
                  values.floats(),
                  values.offset() + at,
                  from.data(),
                  from.offset() + at,
                  size);
            }
            normalize(planes, channel, from, parameters, results, lanes);
            for (int picture = 0; picture < planes.batch() && addend.isPresent(); picture++) {
              int at = planes.at(picture, channel);
              int to = results.out().offset() + at;
              float[] sums = results.out().data();
              arithmetic.binary(
                  BinaryOp.ADD,
                  sums,
                  to,
                  1,
                  summands.floats(),
                  summands.offset() + at,
                  1,
                  sums,
                  to,
                  size);
            }
          });
    }
  }

  private record Parameters(FloatSlice weight, FloatSlice bias, float epsilon) {}

  private record Results(FloatSlice out, FloatSlice mean, FloatSlice variance) {}

  private void normalize(
      Planes planes,
      int channel,
      FloatSlice x,
      Parameters parameters,
      Results results,
      float... lanes) {
    float[] data = x.data();
    int from = x.offset();
    int size = planes.size();
    float center =
        sum(planes, channel, lanes, (at, l, phase) -> kernel.sum(data, from + at, size, l, phase))
            / planes.count();
    float spread =
        sum(
                planes,
                channel,
                lanes,
                (at, l, phase) -> kernel.sumSquares(data, from + at, center, size, l, phase))
            / planes.count();
    results.mean().data()[results.mean().offset() + channel] = center;
    results.variance().data()[results.variance().offset() + channel] = spread;
    float scale =
        parameters.weight().data()[parameters.weight().offset() + channel]
            * LayerNorm.inverseRoot(spread, parameters.epsilon());
    float shift = parameters.bias().data()[parameters.bias().offset() + channel];
    FloatSlice out = results.out();
    for (int picture = 0; picture < planes.batch(); picture++) {
      int at = planes.at(picture, channel);
      norm.scale(data, from + at, center, scale, shift, out.data(), out.offset() + at, size);
    }
  }

  /** What is done to one channel. */
  @FunctionalInterface
  private interface Channel {
    void run(int channel, float[] lanes);
  }

  private void forEachChannel(Planes planes, Channel work) {
    Chunks.run(
        context,
        planes.channels(),
        planes.count(),
        (start, end) -> {
          float[] lanes = context.take(LaneKernel.LANES);
          for (int channel = start; channel < end; channel++) {
            work.run(channel, lanes);
          }
          context.release(lanes);
        });
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
    var gradients = new Gradients(gradX.map(Dense::slice), gradWeight, gradBias);
    backward(x, weight, mean, variance, epsilon, g, gradients, (_, _, _) -> {});
  }

  /** {@link org.wardlock.tensor.spi.Backend#activatedBatchNormBackward}. */
  void backwardActivated(
      UnaryOp function,
      Operand x,
      Operand activated,
      Operand weight,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    boolean readsOutput = function.gradientReads() == UnaryOp.Reads.OUTPUT;
    try (Dense saved = Dense.of(readsOutput ? activated : x, context)) {
      var gradients = new Gradients(gradX.map(Dense::slice), gradWeight, gradBias);
      backward(
          activated,
          weight,
          mean,
          variance,
          epsilon,
          g,
          gradients,
          (at, out, size) ->
              math.unaryGradient(
                  function,
                  saved.floats(),
                  saved.offset() + at,
                  out.data(),
                  out.offset() + at,
                  out.data(),
                  out.offset() + at,
                  size));
    }
  }

  private record Gradients(
      Optional<FloatSlice> x, Optional<Operand> weight, Optional<Operand> bias) {}

  /** What follows, in place, once the gradient of a plane is there. */
  @FunctionalInterface
  private interface PlaneFinish {
    void run(int at, FloatSlice gradient, int size);
  }

  private void backward(
      Operand x,
      Operand weight,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Gradients wanted,
      PlaneFinish finish) {
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
      forEachChannel(
          planes,
          (channel, lanes) -> {
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
            set(wanted.bias(), channel, sum);
            set(wanted.weight(), channel, projection);
            if (wanted.x().isPresent()) {
              FloatSlice out = wanted.x().get();
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
                finish.run(at, out, size);
              }
            }
          });
    }
  }

  private static void set(Optional<Operand> out, int channel, float value) {
    out.ifPresent(operand -> Dense.floats(operand)[Dense.offset(operand) + channel] = value);
  }
}
