package org.wardlock.kernels.source;

import java.util.Arrays;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/**
 * How kernels walk operands of one shape (N, C, ...) channel by channel: a work-group takes a chunk
 * of a channel's elements, whose length is constant, so that the order of a sum depends on the
 * number of elements alone.
 */
final class ChannelWalk {
  /** The elements of a chunk; a multiple of a group's work-items. */
  static final int CHUNK = 16 * KernelLibrary.GROUP;

  private final Operand[] operands;
  private final Walk elements;

  ChannelWalk(Operand... operands) {
    this.operands = operands;
    this.elements =
        Walk.of(
            Arrays.stream(operands)
                .map(operand -> Axes.without(1, operand.layout()))
                .toArray(Layout[]::new));
  }

  int channels() {
    return operands[0].shape().extent(1);
  }

  /** The number of elements of a channel. */
  int count() {
    return elements.count();
  }

  /** One for each chunk of each channel. */
  int groups() {
    return channels() * Math.ceilDiv(count(), CHUNK);
  }

  /** The struct {@code Extents} of a channel's elements. */
  int[] extents() {
    return elements.extents();
  }

  /** Adds an operand to a launch: memory, the view of a channel, the distance of the next one. */
  void addTo(KernelArguments arguments, int number) {
    Operand operand = operands[number];
    arguments
        .view(operand, elements.view(number))
        .number(Math.toIntExact(operand.layout().stride(1)));
  }
}
