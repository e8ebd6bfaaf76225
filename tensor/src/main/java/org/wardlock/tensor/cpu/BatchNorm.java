package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * Batch normalisation of (N, C, ...) with the batch's statistics, channel by channel: first the
 * mean, then the squares of what is left when it is taken away, so that a large mean costs the
 * variance no digits. What an activation made of a channel stays in the cache and is made again for
 * the gradient: memory is slower than arithmetic.
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

  /** The batch: pictures of channels of planes. */
  private record Extents(int batch, int channels, int size) {
    static Extents of(Operand x) {
      int batch = x.shape().extent(0);
      int channels = x.shape().extent(1);
      int each = Math.max(1, batch * channels);
      return new Extents(batch, channels, Math.toIntExact(x.shape().count() / each));
    }

    /** Values of a channel. */
    int count() {
      return batch * size;
    }

    /** The lane that a picture's first value is added to. */
    int phase(int picture) {
      return (int) ((long) picture * size % LaneKernel.LANES);
    }

    /** One channel of a whole tensor. */
    Channel channel(FloatSlice x, int channel) {
      return new Channel(x.data(), x.offset() + channel * size, channels * size);
    }

    /** One channel, alone in memory. */
    Channel alone(float... data) {
      return new Channel(data, 0, size);
    }
  }

  /** Where the planes of one channel lie. */
  private record Channel(float[] data, int start, int step) {
    int at(int picture) {
      return start + picture * step;
    }
  }

  /** What is done to one channel. */
  @FunctionalInterface
  private interface ChannelWork {
    void run(int channel, float[] lanes);
  }

  private void forEachChannel(Extents extents, ChannelWork work) {
    Chunks.run(
        context,
        extents.channels(),
        extents.count(),
        (start, end) -> {
          float[] lanes = context.take(LaneKernel.LANES);
          for (int channel = start; channel < end; channel++) {
            work.run(channel, lanes);
          }
          context.release(lanes);
        });
  }

  // ---- forward

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
      Extents extents = Extents.of(x);
      FloatSlice from = values.slice();
      var parameters = new Parameters(weights.slice(), biases.slice(), epsilon);
      var results = new Results(Dense.slice(out), Dense.slice(mean), Dense.slice(variance));
      forEachChannel(
          extents,
          (channel, lanes) ->
              normalize(
                  extents, channel, extents.channel(from, channel), parameters, results, lanes));
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
      Operand out,
      Operand mean,
      Operand variance) {
    try (Dense values = Dense.of(x, context);
        Dense weights = Dense.of(weight, context);
        Dense biases = Dense.of(bias, context);
        Dense summands = Dense.of(addend.orElse(x), context)) {
      Extents extents = Extents.of(x);
      FloatSlice from = values.slice();
      FloatSlice shortcut = summands.slice();
      var parameters = new Parameters(weights.slice(), biases.slice(), epsilon);
      var results = new Results(Dense.slice(out), Dense.slice(mean), Dense.slice(variance));
      forEachChannel(
          extents,
          (channel, lanes) -> {
            float[] scratch = context.take(extents.count());
            Channel activated = extents.alone(scratch);
            activate(function, extents, extents.channel(from, channel), activated);
            normalize(extents, channel, activated, parameters, results, lanes);
            context.release(scratch);
            if (addend.isPresent()) {
              add(
                  extents,
                  extents.channel(shortcut, channel),
                  extents.channel(results.out(), channel));
            }
          });
    }
  }

  private record Parameters(FloatSlice weight, FloatSlice bias, float epsilon) {}

  private record Results(FloatSlice out, FloatSlice mean, FloatSlice variance) {}

  private void activate(UnaryOp function, Extents extents, Channel x, Channel out) {
    for (int picture = 0; picture < extents.batch(); picture++) {
      math.unary(function, x.data(), x.at(picture), out.data(), out.at(picture), extents.size());
    }
  }

  private void add(Extents extents, Channel x, Channel out) {
    for (int picture = 0; picture < extents.batch(); picture++) {
      int to = out.at(picture);
      float[] sums = out.data();
      arithmetic.binary(
          BinaryOp.ADD, sums, to, 1, x.data(), x.at(picture), 1, sums, to, extents.size());
    }
  }

  private void normalize(
      Extents extents,
      int channel,
      Channel x,
      Parameters parameters,
      Results results,
      float... lanes) {
    float center = sum(extents, x, lanes) / extents.count();
    float spread = sumSquares(extents, x, center, lanes) / extents.count();
    set(results.mean(), channel, center);
    set(results.variance(), channel, spread);
    float scale =
        get(parameters.weight(), channel) * LayerNorm.inverseRoot(spread, parameters.epsilon());
    float shift = get(parameters.bias(), channel);
    Channel out = extents.channel(results.out(), channel);
    for (int picture = 0; picture < extents.batch(); picture++) {
      norm.scale(
          x.data(),
          x.at(picture),
          center,
          scale,
          shift,
          out.data(),
          out.at(picture),
          extents.size());
    }
  }

  private float sum(Extents extents, Channel x, float... lanes) {
    Arrays.fill(lanes, 0f);
    for (int picture = 0; picture < extents.batch(); picture++) {
      kernel.sum(x.data(), x.at(picture), extents.size(), lanes, extents.phase(picture));
    }
    return Lanes.sum(lanes);
  }

  private float sumSquares(Extents extents, Channel x, float center, float... lanes) {
    Arrays.fill(lanes, 0f);
    for (int picture = 0; picture < extents.batch(); picture++) {
      kernel.sumSquares(
          x.data(), x.at(picture), center, extents.size(), lanes, extents.phase(picture));
    }
    return Lanes.sum(lanes);
  }

  // ---- backward

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
    try (Dense values = Dense.of(x, context);
        Dense weights = Dense.of(weight, context);
        Dense means = Dense.of(mean, context);
        Dense variances = Dense.of(variance, context);
        Dense gradient = Dense.of(g, context)) {
      Extents extents = Extents.of(x);
      FloatSlice from = values.slice();
      var saved =
          new Saved(weights.slice(), means.slice(), variances.slice(), epsilon, gradient.slice());
      var wanted = Gradients.of(gradX, gradWeight, gradBias);
      forEachChannel(
          extents,
          (channel, lanes) ->
              gradients(extents, channel, extents.channel(from, channel), saved, wanted, lanes));
    }
  }

  /** {@link org.wardlock.tensor.spi.Backend#activatedBatchNormBackward}. */
  void backwardActivated(
      UnaryOp function,
      Operand x,
      Operand weight,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    try (Dense values = Dense.of(x, context);
        Dense weights = Dense.of(weight, context);
        Dense means = Dense.of(mean, context);
        Dense variances = Dense.of(variance, context);
        Dense gradient = Dense.of(g, context)) {
      Extents extents = Extents.of(x);
      FloatSlice from = values.slice();
      var saved =
          new Saved(weights.slice(), means.slice(), variances.slice(), epsilon, gradient.slice());
      var wanted = Gradients.of(gradX, gradWeight, gradBias);
      forEachChannel(
          extents,
          (channel, lanes) -> {
            Channel source = extents.channel(from, channel);
            float[] scratch = context.take(extents.count());
            Channel activated = extents.alone(scratch);
            activate(function, extents, source, activated);
            gradients(extents, channel, activated, saved, wanted, lanes);
            wanted
                .x()
                .ifPresent(
                    out ->
                        throughActivation(
                            function, extents, source, activated, extents.channel(out, channel)));
            context.release(scratch);
          });
    }
  }

  /** What the forward pass left, and the gradient of its output. */
  private record Saved(
      FloatSlice weight, FloatSlice mean, FloatSlice variance, float epsilon, FloatSlice g) {}

  private record Gradients(
      Optional<FloatSlice> x, Optional<FloatSlice> weight, Optional<FloatSlice> bias) {
    static Gradients of(Optional<Operand> x, Optional<Operand> weight, Optional<Operand> bias) {
      return new Gradients(x.map(Dense::slice), weight.map(Dense::slice), bias.map(Dense::slice));
    }
  }

  private void gradients(
      Extents extents, int channel, Channel x, Saved saved, Gradients wanted, float... lanes) {
    Channel g = extents.channel(saved.g(), channel);
    float center = get(saved.mean(), channel);
    float scale = LayerNorm.inverseRoot(get(saved.variance(), channel), saved.epsilon());
    float sum = sum(extents, g, lanes);
    float projection = scale * sumCentered(extents, x, center, g, lanes);
    wanted.bias().ifPresent(out -> set(out, channel, sum));
    wanted.weight().ifPresent(out -> set(out, channel, projection));
    if (wanted.x().isEmpty()) {
      return;
    }
    Channel out = extents.channel(wanted.x().get(), channel);
    float factor = scale * get(saved.weight(), channel);
    float average = sum / extents.count();
    float slope = -scale * (projection / extents.count());
    for (int picture = 0; picture < extents.batch(); picture++) {
      norm.project(
          x.data(),
          x.at(picture),
          g.data(),
          g.at(picture),
          center,
          slope,
          average,
          factor,
          out.data(),
          out.at(picture),
          extents.size());
    }
  }

  private float sumCentered(Extents extents, Channel x, float center, Channel g, float... lanes) {
    Arrays.fill(lanes, 0f);
    for (int picture = 0; picture < extents.batch(); picture++) {
      kernel.sumCentered(
          x.data(),
          x.at(picture),
          center,
          g.data(),
          g.at(picture),
          extents.size(),
          lanes,
          extents.phase(picture));
    }
    return Lanes.sum(lanes);
  }

  private void throughActivation(
      UnaryOp function, Extents extents, Channel x, Channel activated, Channel gradient) {
    Channel saved = function.gradientReads() == UnaryOp.Reads.OUTPUT ? activated : x;
    for (int picture = 0; picture < extents.batch(); picture++) {
      int at = gradient.at(picture);
      float[] values = gradient.data();
      math.unaryGradient(
          function, saved.data(), saved.at(picture), values, at, values, at, extents.size());
    }
  }

  private static float get(FloatSlice values, int channel) {
    return values.data()[values.offset() + channel];
  }

  private static void set(FloatSlice values, int channel, float value) {
    values.data()[values.offset() + channel] = value;
  }
}
