package org.wardlock.tensor.cpu;

import java.util.Optional;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Operand;

/**
 * The stage between two pointwise convolutions of a ConvMixer with given statistics, some planes of
 * a picture at a time: all steps find them in the first-level cache.
 */
final class MixerAffine {
  private final MixerParameters stage;
  private final CpuKernels kernels;
  private final CpuContext context;

  MixerAffine(MixerParameters stage) {
    this.stage = stage;
    kernels = stage.kernels;
    context = stage.context;
  }

  /** {@link org.wardlock.tensor.spi.Backend#mixerStageAffine}. */
  void forward(Operand x, Optional<Operand> convolved, Operand out) {
    try (Dense pictures = Dense.of(x, context)) {
      FloatSlice input = pictures.slice();
      Optional<FloatSlice> kept = convolved.map(Dense::slice);
      FloatSlice results = Dense.slice(out);
      forEachPicture(
          x,
          false,
          (group, filters, picture, z, spare) -> {
            ChannelGroup.Planes to = group.planes(results);
            stage.addBias(group, group.planes(input), picture, z, 0);
            unary(group, z, 0, z, 0);
            scale(group, stage.innerScale, stage.innerShift, z, 0);
            ChannelGroup.Planes between = kept.map(group::planes).orElse(spare);
            int at = kept.isPresent() ? picture : 0;
            filters.convolve(z, 0, between, at);
            unary(group, between, at, to, picture);
            scale(group, stage.outerScale, stage.outerShift, to, picture);
            stage.add(group, z, 0, to, to, picture);
          });
    }
  }

  /** {@link org.wardlock.tensor.spi.Backend#mixerStageAffineBackward}. */
  void backward(Operand x, Operand convolved, Operand g, Operand out) {
    try (Dense pictures = Dense.of(x, context);
        Dense kept = Dense.of(convolved, context);
        Dense incoming = Dense.of(g, context)) {
      FloatSlice results = Dense.slice(out);
      forEachPicture(
          x,
          true,
          (group, filters, picture, through, gradient) -> {
            ChannelGroup.Planes outside = group.planes(incoming.slice());
            ChannelGroup.Planes to = group.planes(results);
            multiply(group, stage.outerScale, outside, picture, through, 0);
            unaryGradient(group, group.planes(kept.slice()), picture, through, 0);
            filters.convolve(through, 0, gradient, 0);
            stage.add(group, gradient, 0, outside, to, picture);
            multiply(group, stage.innerScale, to, picture, to, picture);
            stage.addBias(group, group.planes(pictures.slice()), picture, through, 0);
            unaryGradient(group, through, 0, to, picture);
          });
    }
  }

  /** What is done to a group's planes of one picture, with room for twice as many beside them. */
  @FunctionalInterface
  private interface PictureWork {
    void run(
        ChannelGroup group,
        ChannelFilters filters,
        int picture,
        ChannelGroup.Planes first,
        ChannelGroup.Planes second);
  }

  private void forEachPicture(Operand x, boolean turned, PictureWork work) {
    ChannelGroup.forEach(
        x,
        MixerStage.COST,
        context,
        group -> {
          float[] first = context.take(group.picture());
          float[] second = context.take(group.picture());
          try (var filters = stage.filters(group, turned)) {
            for (int picture = 0; picture < group.pictures(); picture++) {
              work.run(group, filters, picture, group.alone(first), group.alone(second));
            }
          }
          context.release(second);
          context.release(first);
        });
  }

  private void unary(
      ChannelGroup group, ChannelGroup.Planes x, int picture, ChannelGroup.Planes out, int to) {
    int length = group.picture();
    if (stage.function.isPresent()) {
      kernels
          .math()
          .unary(stage.function.get(), x.data(), x.at(picture), out.data(), out.at(to), length);
    } else if (x.data() != out.data()) {
      System.arraycopy(x.data(), x.at(picture), out.data(), out.at(to), length);
    }
  }

  /** From what the function was applied to: also RELU's, which is positive where its input is. */
  private void unaryGradient(
      ChannelGroup group,
      ChannelGroup.Planes saved,
      int picture,
      ChannelGroup.Planes gradient,
      int at) {
    stage.function.ifPresent(
        op ->
            kernels
                .math()
                .unaryGradient(
                    op,
                    saved.data(),
                    saved.at(picture),
                    gradient.data(),
                    gradient.at(at),
                    gradient.data(),
                    gradient.at(at),
                    group.picture()));
  }

  private void scale(
      ChannelGroup group, Dense factors, Dense shifts, ChannelGroup.Planes x, int picture) {
    for (int i = 0; i < group.channels(); i++) {
      int channel = group.first() + i;
      int at = x.at(picture, i);
      kernels
          .binary()
          .affine(
              x.data(),
              at,
              MixerParameters.value(factors, channel),
              MixerParameters.value(shifts, channel),
              x.data(),
              at,
              group.size());
    }
  }

  private void multiply(
      ChannelGroup group,
      Dense factors,
      ChannelGroup.Planes x,
      int picture,
      ChannelGroup.Planes out,
      int to) {
    for (int i = 0; i < group.channels(); i++) {
      kernels
          .binary()
          .binary(
              BinaryOp.MULTIPLY,
              x.data(),
              x.at(picture, i),
              1,
              factors.floats(),
              factors.offset() + group.first() + i,
              0,
              out.data(),
              out.at(to, i),
              group.size());
    }
  }
}
