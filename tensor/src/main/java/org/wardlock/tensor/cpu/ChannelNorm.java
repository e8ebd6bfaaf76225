package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * Batch normalisation of a group of channels with the batch's statistics, behind an activation or
 * not: first the mean, then the squares of what is left when it is taken away, so that a large mean
 * costs the variance no digits. What an activation made of a channel is made again for the
 * gradient: memory is slower than arithmetic.
 */
final class ChannelNorm {
  private final MathKernel math;
  private final BinaryKernel arithmetic;
  private final LaneKernel kernel;
  private final NormKernel norm;
  private final CpuContext context;

  ChannelNorm(CpuKernels kernels, CpuContext context) {
    math = kernels.math();
    arithmetic = kernels.binary();
    kernel = kernels.lanes();
    norm = kernels.norm();
    this.context = context;
  }

  /** Values a channel: what normalised values are scaled and shifted by. */
  record Parameters(FloatSlice weight, FloatSlice bias, float epsilon) {}

  /** Values a channel: what the batch was found to be. */
  record Statistics(FloatSlice mean, FloatSlice variance) {}

  /** {@code out = batchNorm(function(x))}. */
  void forward(
      Optional<UnaryOp> function,
      ChannelGroup group,
      ChannelGroup.Planes x,
      Parameters parameters,
      ChannelGroup.Planes out,
      Statistics statistics) {
    function.ifPresent(op -> activate(op, group, x, out));
    normalize(group, function.isPresent() ? out : x, parameters, out, statistics);
  }

  private void activate(
      UnaryOp function, ChannelGroup group, ChannelGroup.Planes x, ChannelGroup.Planes out) {
    for (int picture = 0; picture < group.pictures(); picture++) {
      math.unary(function, x.data(), x.at(picture), out.data(), out.at(picture), group.picture());
    }
  }

  /** {@code out += x}. */
  void add(ChannelGroup group, ChannelGroup.Planes x, ChannelGroup.Planes out) {
    combine(BinaryOp.ADD, group, x, out);
  }

  private void combine(
      BinaryOp op, ChannelGroup group, ChannelGroup.Planes x, ChannelGroup.Planes out) {
    for (int picture = 0; picture < group.pictures(); picture++) {
      int to = out.at(picture);
      float[] values = out.data();
      arithmetic.binary(op, values, to, 1, x.data(), x.at(picture), 1, values, to, group.picture());
    }
  }

  private void normalize(
      ChannelGroup group,
      ChannelGroup.Planes x,
      Parameters parameters,
      ChannelGroup.Planes out,
      Statistics statistics) {
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
      set(statistics.mean(), group.first() + i, centers[i]);
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
      set(statistics.variance(), channel, spread);
      scales[i] = scale(parameters.weight(), spread, parameters.epsilon(), channel);
    }
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

  /** What the forward pass left, values a channel. */
  record Saved(FloatSlice weight, FloatSlice mean, FloatSlice variance, float epsilon) {}

  /** Where gradients towards the parameters go, if they are wanted: values a channel. */
  record ParameterGradients(Optional<FloatSlice> weight, Optional<FloatSlice> bias) {}

  /**
   * The gradients of {@link #forward}, from that of its output.
   *
   * @param x what the activation was applied to
   */
  void backward(
      Optional<UnaryOp> function,
      ChannelGroup group,
      ChannelGroup.Planes x,
      Saved saved,
      ChannelGroup.Planes g,
      Optional<ChannelGroup.Planes> gradX,
      ParameterGradients wanted) {
    if (function.isEmpty()) {
      gradients(group, x, saved, g, gradX, wanted);
      return;
    }
    float[] values = context.take(group.count());
    float[] companions = context.take(group.count());
    ChannelGroup.Planes activated = group.alone(values);
    ChannelGroup.Planes companion = group.alone(companions);
    for (int picture = 0; picture < group.pictures(); picture++) {
      activate(function.get(), group, picture, x.data(), x.at(picture), activated, companion);
    }
    gradients(group, activated, saved, g, gradX, wanted);
    gradX.ifPresent(out -> throughActivation(function.get(), group, activated, companion, out));
    context.release(companions);
    context.release(values);
  }

  /**
   * Applies an activation to a picture's planes and leaves what its gradient will want: the
   * derivative where it comes with the function at little cost, else what the function was applied
   * to.
   */
  void activate(
      UnaryOp function,
      ChannelGroup group,
      int picture,
      float[] x,
      int at,
      ChannelGroup.Planes values,
      ChannelGroup.Planes companion) {
    int to = values.at(picture);
    int beside = companion.at(picture);
    int length = group.picture();
    if (function == UnaryOp.GELU) {
      math.geluWithDerivative(x, at, values.data(), to, companion.data(), beside, length);
    } else {
      math.unary(function, x, at, values.data(), to, length);
      if (function.gradientReads() == UnaryOp.Reads.INPUT) {
        System.arraycopy(x, at, companion.data(), beside, length);
      }
    }
  }

  /** The gradient before an activation from that behind it, in place. */
  void throughActivation(
      UnaryOp function,
      ChannelGroup group,
      ChannelGroup.Planes values,
      ChannelGroup.Planes companion,
      ChannelGroup.Planes gradient) {
    if (function == UnaryOp.GELU) {
      combine(BinaryOp.MULTIPLY, group, companion, gradient);
      return;
    }
    boolean readsInput = function.gradientReads() == UnaryOp.Reads.INPUT;
    ChannelGroup.Planes saved = readsInput ? companion : values;
    for (int picture = 0; picture < group.pictures(); picture++) {
      int at = gradient.at(picture);
      float[] products = gradient.data();
      math.unaryGradient(
          function, saved.data(), saved.at(picture), products, at, products, at, group.picture());
    }
  }

  /** The gradients of the normalisation alone; {@code gradX} may be {@code x} or {@code g}. */
  void gradients(
      ChannelGroup group,
      ChannelGroup.Planes x,
      Saved saved,
      ChannelGroup.Planes g,
      Optional<ChannelGroup.Planes> gradX,
      ParameterGradients wanted) {
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
    gradX.ifPresent(out -> project(group, x, g, saved.mean(), sums, out));
    release(sums);
    release(projections);
  }

  private void project(
      ChannelGroup group,
      ChannelGroup.Planes x,
      ChannelGroup.Planes g,
      FloatSlice mean,
      float[][] constants,
      ChannelGroup.Planes out) {
    for (int picture = 0; picture < group.pictures(); picture++) {
      for (int i = 0; i < group.channels(); i++) {
        norm.project(
            x.data(),
            x.at(picture, i),
            g.data(),
            g.at(picture, i),
            get(mean, group.first() + i),
            constants[i][1],
            constants[i][0],
            constants[i][2],
            out.data(),
            out.at(picture, i),
            group.size());
      }
    }
  }

  /** {@code out[channel] = } the sum of the channel's values. */
  void sum(ChannelGroup group, ChannelGroup.Planes x, FloatSlice out) {
    float[][] lanes = lanes(group);
    for (int picture = 0; picture < group.pictures(); picture++) {
      for (int i = 0; i < group.channels(); i++) {
        kernel.sum(x.data(), x.at(picture, i), group.size(), lanes[i], group.phase(picture));
      }
    }
    for (int i = 0; i < group.channels(); i++) {
      set(out, group.first() + i, Lanes.sum(lanes[i]));
    }
    release(lanes);
  }

  /** What {@link #forward} made of a picture's activated values, again. */
  void normalize(
      ChannelGroup group,
      int picture,
      ChannelGroup.Planes activated,
      Saved saved,
      FloatSlice bias,
      ChannelGroup.Planes out) {
    for (int i = 0; i < group.channels(); i++) {
      int channel = group.first() + i;
      norm.scale(
          activated.data(),
          activated.at(picture, i),
          get(saved.mean(), channel),
          scale(saved.weight(), get(saved.variance(), channel), saved.epsilon(), channel),
          get(bias, channel),
          out.data(),
          out.at(0, i),
          group.size());
    }
  }

  private static float scale(FloatSlice weight, float variance, float epsilon, int channel) {
    return get(weight, channel) * LayerNorm.inverseRoot(variance, epsilon);
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

  private static float get(FloatSlice values, int channel) {
    return values.data()[values.offset() + channel];
  }

  private static void set(FloatSlice values, int channel, float value) {
    values.data()[values.offset() + channel] = value;
  }
}
