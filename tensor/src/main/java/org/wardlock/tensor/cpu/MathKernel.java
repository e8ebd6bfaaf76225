package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.UnaryOp;

/**
 * Functions of one float over rows of neighbouring values. The bits of a result depend on its
 * operands alone, not on the length of the row, the position in it or the vector length.
 */
public interface MathKernel {
  /** {@code out = op(x)}; may run in place. */
  void unary(UnaryOp op, float[] x, int xOffset, float[] out, int outOffset, int length);

  /**
   * {@code out = g * op'(.)}; may run in place, on either operand.
   *
   * @param saved x or op(x), as {@link UnaryOp#gradientReads} says; unread if neither
   */
  void unaryGradient(
      UnaryOp op,
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int length);
}
