package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * Batch normalisation of (N, C, ...) with the batch's statistics, a channel by itself: first the
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
      FloatSlice from = values.slice();
      var parameters = new Parameters(weights.slice(), biases.slice(), epsilon);
      var results = new Results(Dense.slice(out), Dense.slice(mean), Dense.slice(variance));
      ChannelGroup.forEach(
          x, context, group -> normalize(group, group.planes(from), parameters, results));
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
      FloatSlice from = values.slice();
      FloatSlice shortcut = summands.slice();
      var parameters = new Parameters(weights.slice(), biases.slice(), epsilon);
      var results = new Results(Dense.slice(out), Dense.slice(mean), Dense.slice(variance));
      ChannelGroup.forEach(
          x,
          context,
          group -> {
            float[] scratch = context.take(group.count());
            ChannelGroup.Planes activated = group.alone(scratch);
            activate(function, group, group.planes(from), activated);
            normalize(group, activated, parameters, results);
            context.release(scratch);
            if (addend.isPresent()) {
              add(group, group.planes(shortcut), group.planes(results.out()));
            }
          });
    }
  }

  private record Parameters(FloatSlice weight, FloatSlice bias, float epsilon) {}

  private record Results(FloatSlice out, FloatSlice mean, FloatSlice variance) {}

  private void activate(
      UnaryOp function, ChannelGroup group, ChannelGroup.Planes x, ChannelGroup.Planes out) {
    for (int picture = 0; picture < group.pictures(); picture++) {
      math.unary(function, x.data(), x.at(picture), out.data(), out.at(picture), group.picture());
    }
  }

  private void add(ChannelGroup group, ChannelGroup.Planes x, ChannelGroup.Planes out) {
    for (int picture = 0; picture < group.pictures(); picture++) {
      int to = out.at(picture);
      float[] sums = out.data();
      arithmetic.binary(
          BinaryOp.ADD, sums, to, 1, x.data(), x.at(picture), 1, sums, to, group.picture());
    }
  }

  private void normalize(
      ChannelGroup group, ChannelGroup.Planes x, Parameters parameters, Results results) {
    float[][] lanes = lanes(group);
    int size = group.size();
    for (int picture = 0; picture < group.pictures(); picture++) {
      for (int i = 0; i < group.channels(); i++) {
        kernel.sum(x.data(), x.at(picture, i), size, lanes[i], group.phase(picture));
      }
    }
    float[] centers = context.take(group.channels());
    for (int i = 0; i < group.channels(); i++) {
      centers[i] = Lanes.sum(lanes[i]) / group.valuesPerChannel();
      set(results.mean(), group.first() + i, centers[i]);
      Arrays.fill(lanes[i], 0, LaneKernel.LANES, 0f);
    }
    for (int picture = 0; picture < group.pictures(); picture++) {
      for (int i = 0; i < group.channels(); i++) {
        kernel.sumSquares(
            x.data(), x.at(picture, i), centers[i], size, lanes[i], group.phase(picture));
      }
    }
    float[] scales = context.take(group.channels());
    for (int i = 0; i < group.channels(); i++) {
      int channel = group.first() + i;
      float spread = Lanes.sum(lanes[i]) / group.valuesPerChannel();
      set(results.variance(), channel, spread);
      scales[i] =
          get(parameters.weight(), channel) * LayerNorm.inverseRoot(spread, parameters.epsilon());
    }
    ChannelGroup.Planes out = group.planes(results.out());
    for (int picture = 0; picture < group.pictures(); picture++) {
      for (int i = 0; i < group.channels(); i++) {
        norm.scale(
            x.data(),
            x.at(picture, i),
            centers[i],
            scales[i],
            get(parameters.bias(), group.first() + i),
            out.data(),
            out.at(picture, i),
            size);
      }
    }
    context.release(scales);
    context.release(centers);
    release(lanes);
  }

  private float[][] lanes(ChannelGroup group) {
    float[][] lanes = new float[group.channels()][];
    for (int i = 0; i < lanes.length; i++) {
      lanes[i] = context.take(LaneKernel.LANES);
      Arrays.fill(lanes[i], 0, LaneKernel.LANES, 0f);
    }
    return lanes;
  }

  private void release(float[]... arrays) {
    for (float[] array : arrays) {
      context.release(array);
    }
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
      FloatSlice from = values.slice();
      var saved =
          new Saved(weights.slice(), means.slice(), variances.slice(), epsilon, gradient.slice());
      var wanted = Gradients.of(gradX, gradWeight, gradBias);
      ChannelGroup.forEach(
          x, context, group -> gradients(group, group.planes(from), saved, wanted));
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
      FloatSlice from = values.slice();
      var saved =
          new Saved(weights.slice(), means.slice(), variances.slice(), epsilon, gradient.slice());
      var wanted = Gradients.of(gradX, gradWeight, gradBias);
      ChannelGroup.forEach(
          x, context, group -> throughActivation(function, group, from, saved, wanted));
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

  private void throughActivation(
      UnaryOp function, ChannelGroup group, FloatSlice x, Saved saved, Gradients wanted) {
    ChannelGroup.Planes source = group.planes(x);
    float[] values = context.take(group.count());
    ChannelGroup.Planes activated = group.alone(values);
    if (function == UnaryOp.GELU && wanted.x().isPresent()) {
      float[] slopes = context.take(group.count());
      ChannelGroup.Planes derivative = group.alone(slopes);
      for (int picture = 0; picture < group.pictures(); picture++) {
        math.geluWithDerivative(
            source.data(),
            source.at(picture),
            values,
            activated.at(picture),
            slopes,
            derivative.at(picture),
            group.picture());
      }
      gradients(group, activated, saved, wanted);
      multiply(group, derivative, group.planes(wanted.x().get()));
      context.release(slopes);
    } else {
      activate(function, group, source, activated);
      gradients(group, activated, saved, wanted);
      boolean readsOutput = function.gradientReads() == UnaryOp.Reads.OUTPUT;
      wanted
          .x()
          .ifPresent(
              out ->
                  unaryGradient(
                      function, group, readsOutput ? activated : source, group.planes(out)));
    }
    context.release(values);
  }

  private void multiply(
      ChannelGroup group, ChannelGroup.Planes factor, ChannelGroup.Planes gradient) {
    for (int picture = 0; picture < group.pictures(); picture++) {
      int at = gradient.at(picture);
      float[] products = gradient.data();
      arithmetic.binary(
          BinaryOp.MULTIPLY,
          products,
          at,
          1,
          factor.data(),
          factor.at(picture),
          1,
          products,
          at,
          group.picture());
    }
  }

  private void unaryGradient(
      UnaryOp function,
      ChannelGroup group,
      ChannelGroup.Planes saved,
      ChannelGroup.Planes gradient) {
    for (int picture = 0; picture < group.pictures(); picture++) {
      int at = gradient.at(picture);
      float[] values = gradient.data();
      math.unaryGradient(
          function, saved.data(), saved.at(picture), values, at, values, at, group.picture());
    }
  }

  private void gradients(ChannelGroup group, ChannelGroup.Planes x, Saved saved, Gradients wanted) {
    ChannelGroup.Planes g = group.planes(saved.g());
    float[][] sums = lanes(group);
    float[][] projections = lanes(group);
    int size = group.size();
    for (int picture = 0; picture < group.pictures(); picture++) {
      int phase = group.phase(picture);
      for (int i = 0; i < group.channels(); i++) {
        int at = x.at(picture, i);
        int gAt = g.at(picture, i);
        float center = get(saved.mean(), group.first() + i);
        kernel.sum(g.data(), gAt, size, sums[i], phase);
        kernel.sumCentered(x.data(), at, center, g.data(), gAt, size, projections[i], phase);
      }
    }
    for (int i = 0; i < group.channels(); i++) {
      int channel = group.first() + i;
      float scale = LayerNorm.inverseRoot(get(saved.variance(), channel), saved.epsilon());
      float sum = Lanes.sum(sums[i]);
      float projection = scale * Lanes.sum(projections[i]);
      wanted.bias().ifPresent(out -> set(out, channel, sum));
      wanted.weight().ifPresent(out -> set(out, channel, projection));
      // for what follows: average, slope, factor
      sums[i][0] = sum / group.valuesPerChannel();
      sums[i][1] = -scale * (projection / group.valuesPerChannel());
      sums[i][2] = scale * get(saved.weight(), channel);
    }
    if (wanted.x().isPresent()) {
      ChannelGroup.Planes out = group.planes(wanted.x().get());
      for (int picture = 0; picture < group.pictures(); picture++) {
        for (int i = 0; i < group.channels(); i++) {
          norm.project(
              x.data(),
              x.at(picture, i),
              g.data(),
              g.at(picture, i),
              get(saved.mean(), group.first() + i),
              sums[i][1],
              sums[i][0],
              sums[i][2],
              out.data(),
              out.at(picture, i),
              size);
        }
      }
    }
    release(sums);
    release(projections);
  }

  private static float get(FloatSlice values, int channel) {
    return values.data()[values.offset() + channel];
  }

  private static void set(FloatSlice values, int channel, float value) {
    values.data()[values.offset() + channel] = value;
  }
}
