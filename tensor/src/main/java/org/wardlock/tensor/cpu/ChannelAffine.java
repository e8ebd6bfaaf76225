package org.wardlock.tensor.cpu;

import java.util.Optional;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * An activation, a scale and a shift a channel, and a shortcut, in one pass over memory: each step
 * works on values that the one before left in the first-level cache.
 */
final class ChannelAffine {
  /** Values that go through all steps at a time. */
  private static final int BLOCK = 2048;

  private final MathKernel math;
  private final BinaryKernel arithmetic;
  private final CpuContext context;

  ChannelAffine(CpuKernels kernels, CpuContext context) {
    math = kernels.math();
    arithmetic = kernels.binary();
    this.context = context;
  }

  /** {@link org.wardlock.tensor.spi.Backend#channelAffine}. */
  void forward(
      Activation activation,
      Operand x,
      Operand scale,
      Operand shift,
      Optional<Operand> addend,
      Operand out) {
    FloatSlice to = Dense.slice(out);
    Optional<UnaryOp> function = UnaryOp.of(activation);
    try (Dense values = Dense.of(x, context);
        Dense scales = Dense.of(scale, context);
        Dense shifts = Dense.of(shift, context);
        Dense summands = Dense.of(addend.orElse(x), context)) {
      forEachBlock(
          x,
          (from, length, planes) -> {
            int at = to.offset() + from;
            function.ifPresent(
                op ->
                    math.unary(op, values.floats(), values.offset() + from, to.data(), at, length));
            FloatSlice activated = function.isPresent() ? to : values.slice();
            planes.forEach(
                (start, channel, size) ->
                    arithmetic.affine(
                        activated.data(),
                        activated.offset() + start,
                        scales.floats()[scales.offset() + channel],
                        shifts.floats()[shifts.offset() + channel],
                        to.data(),
                        to.offset() + start,
                        size));
            if (addend.isPresent()) {
              arithmetic.binary(
                  BinaryOp.ADD,
                  to.data(),
                  at,
                  1,
                  summands.floats(),
                  summands.offset() + from,
                  1,
                  to.data(),
                  at,
                  length);
            }
          });
    }
  }

  /** {@link org.wardlock.tensor.spi.Backend#channelAffineBackward}. */
  void backward(Activation activation, Operand x, Operand scale, Operand g, Operand out) {
    FloatSlice to = Dense.slice(out);
    Optional<UnaryOp> function = UnaryOp.of(activation);
    try (Dense values = Dense.of(x, context);
        Dense scales = Dense.of(scale, context);
        Dense gradient = Dense.of(g, context)) {
      forEachBlock(
          x,
          (from, length, planes) -> {
            int at = to.offset() + from;
            planes.forEach(
                (start, channel, size) ->
                    arithmetic.binary(
                        BinaryOp.MULTIPLY,
                        gradient.floats(),
                        gradient.offset() + start,
                        1,
                        scales.floats(),
                        scales.offset() + channel,
                        0,
                        to.data(),
                        to.offset() + start,
                        size));
            function.ifPresent(
                op ->
                    math.unaryGradient(
                        op,
                        values.floats(),
                        values.offset() + from,
                        to.data(),
                        at,
                        to.data(),
                        at,
                        length));
          });
    }
  }

  /** Neighbouring values, and how they divide into channels. */
  @FunctionalInterface
  private interface Block {
    void run(int from, int length, Planes planes);
  }

  /** Values of one channel. */
  @FunctionalInterface
  private interface Plane {
    void run(int start, int channel, int size);
  }

  /** The planes, or the part of one, in a block. */
  private record Planes(int from, int length, int size, int channels) {
    void forEach(Plane plane) {
      for (int at = from; at < from + length; ) {
        int end = Math.min(from + length, (at / size + 1) * size);
        plane.run(at, at / size % channels, end - at);
        at = end;
      }
    }
  }

  private void forEachBlock(Operand x, Block block) {
    int count = Math.toIntExact(x.shape().count());
    if (count == 0) {
      return;
    }
    int channels = x.shape().extent(1);
    int size = count / (x.shape().extent(0) * channels);
    Chunks.run(
        context,
        count,
        1,
        (start, end) -> {
          for (int from = start; from < end; from += BLOCK) {
            int length = Math.min(BLOCK, end - from);
            block.run(from, length, new Planes(from, length, size, channels));
          }
        });
  }
}
