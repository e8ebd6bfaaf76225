package org.wardlock.tensor.cpu;

import java.util.Optional;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.MixerOperands;
import org.wardlock.tensor.spi.UnaryOp;

/** What both kinds of {@link MixerOperands mixer stage} compute with, dense. */
final class MixerParameters implements AutoCloseable {
  final CpuKernels kernels;
  final CpuContext context;
  final DepthwiseKernel.Extents extents;
  final Optional<UnaryOp> function;
  final Dense bias;
  final Dense innerScale;
  final Dense innerShift;
  final Dense filter;
  final Dense filterBias;
  final Dense outerScale;
  final Dense outerShift;

  MixerParameters(
      CpuKernels kernels,
      CpuContext context,
      MixerOperands stage,
      DepthwiseKernel.Extents extents) {
    this.kernels = kernels;
    this.context = context;
    this.extents = extents;
    function = UnaryOp.of(stage.activation());
    bias = Dense.of(stage.bias(), context);
    innerScale = Dense.of(stage.innerScale(), context);
    innerShift = Dense.of(stage.innerShift(), context);
    filter = Dense.of(stage.filter(), context);
    filterBias = Dense.of(stage.filterBias(), context);
    outerScale = Dense.of(stage.outerScale(), context);
    outerShift = Dense.of(stage.outerShift(), context);
  }

  /** A group's filters as they are, with their bias, or {@code turned}, without one. */
  ChannelFilters filters(ChannelGroup group, boolean turned) {
    return new ChannelFilters(this, group, turned);
  }

  /** {@code out = x + bias} for a picture's planes. */
  void addBias(
      ChannelGroup group, ChannelGroup.Planes x, int picture, ChannelGroup.Planes out, int to) {
    for (int i = 0; i < group.channels(); i++) {
      kernels
          .binary()
          .affine(
              x.data(),
              x.at(picture, i),
              1,
              value(bias, group.first() + i),
              out.data(),
              out.at(to, i),
              group.size());
    }
  }

  /** {@code out = x + y}, where y and out are of the same picture. */
  void add(
      ChannelGroup group,
      ChannelGroup.Planes x,
      int from,
      ChannelGroup.Planes y,
      ChannelGroup.Planes out,
      int picture) {
    kernels
        .binary()
        .binary(
            BinaryOp.ADD,
            x.data(),
            x.at(from),
            1,
            y.data(),
            y.at(picture),
            1,
            out.data(),
            out.at(picture),
            group.picture());
  }

  static float value(Dense values, int channel) {
    return values.floats()[values.offset() + channel];
  }

  @Override
  public void close() {
    for (Dense operand :
        new Dense[] {bias, innerScale, innerShift, filter, filterBias, outerScale, outerShift}) {
      operand.close();
    }
  }
}
