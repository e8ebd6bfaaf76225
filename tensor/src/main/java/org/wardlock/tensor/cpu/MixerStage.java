package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.spi.MixerOperands;
import org.wardlock.tensor.spi.Operand;

/**
 * The stage between two pointwise convolutions of a ConvMixer with the statistics of the batch, a
 * group of channels at a time: no channel looks at another, so each step finds in the second-level
 * cache what the one before left there, and memory is read and written once for all of them.
 */
final class MixerStage {
  /** What a value takes, in steps of simple arithmetic: a filter, and twice an activation. */
  static final int COST = 8;

  private final MixerParameters stage;
  private final CpuContext context;
  private final ChannelNorm norm;

  MixerStage(MixerParameters stage) {
    this.stage = stage;
    context = stage.context;
    norm = new ChannelNorm(stage.kernels, context);
  }

  /** {@link org.wardlock.tensor.spi.Backend#mixerStage}. */
  void forward(
      float epsilon,
      Operand x,
      Operand convolved,
      Operand out,
      MixerOperands.Statistics statistics) {
    try (Dense pictures = Dense.of(x, context)) {
      FloatSlice input = pictures.slice();
      FloatSlice kept = Dense.slice(convolved);
      FloatSlice results = Dense.slice(out);
      var inner =
          new ChannelNorm.Parameters(stage.innerScale.slice(), stage.innerShift.slice(), epsilon);
      var outer =
          new ChannelNorm.Parameters(stage.outerScale.slice(), stage.outerShift.slice(), epsilon);
      var innerFound =
          new ChannelNorm.Statistics(
              Dense.slice(statistics.innerMean()), Dense.slice(statistics.innerVariance()));
      var outerFound =
          new ChannelNorm.Statistics(
              Dense.slice(statistics.outerMean()), Dense.slice(statistics.outerVariance()));
      ChannelGroup.forEach(
          x,
          COST,
          context,
          group -> {
            float[] scratch = context.take(group.count());
            ChannelGroup.Planes z = group.alone(scratch);
            ChannelGroup.Planes between = group.planes(kept);
            ChannelGroup.Planes to = group.planes(results);
            for (int picture = 0; picture < group.pictures(); picture++) {
              stage.addBias(group, group.planes(input), picture, z, picture);
            }
            norm.forward(stage.function, group, z, inner, z, innerFound);
            try (var filters = stage.filters(group, false)) {
              for (int picture = 0; picture < group.pictures(); picture++) {
                filters.convolve(z, picture, between, picture);
              }
            }
            norm.forward(stage.function, group, between, outer, to, outerFound);
            norm.add(group, z, to);
            context.release(scratch);
          });
    }
  }

  /**
   * {@link org.wardlock.tensor.spi.Backend#mixerStageBackward}. What was normalised first is made
   * again from x: memory is slower than arithmetic.
   */
  void backward(
      float epsilon,
      Operand x,
      Operand convolved,
      MixerOperands.Statistics statistics,
      Operand g,
      MixerOperands.Gradients wanted) {
    try (Dense pictures = Dense.of(x, context);
        Dense kept = Dense.of(convolved, context);
        Dense incoming = Dense.of(g, context);
        Dense innerMean = Dense.of(statistics.innerMean(), context);
        Dense innerVariance = Dense.of(statistics.innerVariance(), context);
        Dense outerMean = Dense.of(statistics.outerMean(), context);
        Dense outerVariance = Dense.of(statistics.outerVariance(), context)) {
      var inner =
          new ChannelNorm.Saved(
              stage.innerScale.slice(), innerMean.slice(), innerVariance.slice(), epsilon);
      var outer =
          new ChannelNorm.Saved(
              stage.outerScale.slice(), outerMean.slice(), outerVariance.slice(), epsilon);
      var to = Targets.of(wanted);
      ChannelGroup.forEach(
          x,
          COST,
          context,
          group -> {
            float[] scratch = context.take(group.count());
            ChannelGroup.Planes through = group.alone(scratch);
            ChannelGroup.Planes outside = group.planes(incoming.slice());
            norm.backward(
                stage.function,
                group,
                group.planes(kept.slice()),
                outer,
                outside,
                Optional.of(through),
                to.outer());
            to.filterBias().ifPresent(out -> norm.sum(group, through, out));
            insideShortcut(group, group.planes(pictures.slice()), inner, outside, through, to);
            context.release(scratch);
          });
    }
  }

  /** Where gradients go. */
  private record Targets(
      Optional<FloatSlice> x,
      Optional<FloatSlice> bias,
      ChannelNorm.ParameterGradients inner,
      Optional<FloatSlice> filter,
      Optional<FloatSlice> filterBias,
      ChannelNorm.ParameterGradients outer) {
    static Targets of(MixerOperands.Gradients wanted) {
      return new Targets(
          wanted.x().map(Dense::slice),
          wanted.bias().map(Dense::slice),
          new ChannelNorm.ParameterGradients(
              wanted.innerScale().map(Dense::slice), wanted.innerShift().map(Dense::slice)),
          wanted.filter().map(Dense::slice),
          wanted.filterBias().map(Dense::slice),
          new ChannelNorm.ParameterGradients(
              wanted.outerScale().map(Dense::slice), wanted.outerShift().map(Dense::slice)));
    }
  }

  /** From the gradient behind the convolution, and that of the shortcut, back to x. */
  private void insideShortcut(
      ChannelGroup group,
      ChannelGroup.Planes x,
      ChannelNorm.Saved inner,
      ChannelGroup.Planes outside,
      ChannelGroup.Planes through,
      Targets to) {
    float[] values = context.take(group.count());
    float[] companions = context.take(group.count());
    float[] picturePlanes = context.take(group.picture());
    ChannelGroup.Planes activated = group.alone(values);
    ChannelGroup.Planes companion = group.alone(companions);
    ChannelGroup.Planes scratch = group.alone(picturePlanes);
    for (int picture = 0; picture < group.pictures(); picture++) {
      if (stage.function.isPresent()) {
        stage.addBias(group, x, picture, scratch, 0);
        norm.activate(stage.function.get(), group, picture, picturePlanes, 0, activated, companion);
      } else {
        stage.addBias(group, x, picture, activated, picture);
      }
    }
    to.filter().ifPresent(out -> towardsFilter(group, activated, inner, through, scratch, out));
    // nobody may want the gradient towards x, but those of the parameters come from it
    float[] unwanted = context.take(to.x().isPresent() ? 0 : group.count());
    ChannelGroup.Planes gradient = to.x().map(group::planes).orElse(group.alone(unwanted));
    try (var filters = stage.filters(group, true)) {
      for (int picture = 0; picture < group.pictures(); picture++) {
        filters.convolve(through, picture, scratch, 0);
        stage.add(group, scratch, 0, outside, gradient, picture);
      }
    }
    norm.gradients(group, activated, inner, gradient, Optional.of(gradient), to.inner());
    stage.function.ifPresent(
        op -> norm.throughActivation(op, group, activated, companion, gradient));
    to.bias().ifPresent(out -> norm.sum(group, gradient, out));
    context.release(unwanted);
    context.release(picturePlanes);
    context.release(companions);
    context.release(values);
  }

  private void towardsFilter(
      ChannelGroup group,
      ChannelGroup.Planes activated,
      ChannelNorm.Saved inner,
      ChannelGroup.Planes g,
      ChannelGroup.Planes scratch,
      FloatSlice out) {
    int taps = stage.extents.taps();
    int lanesPerChannel = taps * PlaneWorker.LANES;
    float[] lanes = context.take(group.channels() * lanesPerChannel);
    Arrays.fill(lanes, 0, group.channels() * lanesPerChannel, 0f);
    try (PlaneWorker worker = stage.kernels.depthwise().open(stage.extents, context)) {
      for (int picture = 0; picture < group.pictures(); picture++) {
        norm.normalize(group, picture, activated, inner, stage.innerShift.slice(), scratch);
        for (int i = 0; i < group.channels(); i++) {
          worker.load(scratch.data(), scratch.at(0, i));
          worker.correlate(g.data(), g.at(picture, i), lanes, i * lanesPerChannel);
        }
      }
    }
    for (int i = 0; i < group.channels(); i++) {
      int at = out.offset() + (group.first() + i) * taps;
      PlanarDepthwise.addLanes(lanes, i * lanesPerChannel, stage.extents, out.data(), at);
    }
    context.release(lanes);
  }
}
