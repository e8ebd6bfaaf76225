package org.wardlock.tensor.cpu;

import java.util.Arrays;
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

  /** {@code values = gelu(x), derivatives = gelu'(x)}: faster than one after the other. */
  default void geluWithDerivative(
      float[] x,
      int xOffset,
      float[] values,
      int valuesOffset,
      float[] derivatives,
      int derivativesOffset,
      int length) {
    unary(UnaryOp.GELU, x, xOffset, values, valuesOffset, length);
    Arrays.fill(derivatives, derivativesOffset, derivativesOffset + length, 1f);
    unaryGradient(
        UnaryOp.GELU,
        x,
        xOffset,
        derivatives,
        derivativesOffset,
        derivatives,
        derivativesOffset,
        length);
  }
}
