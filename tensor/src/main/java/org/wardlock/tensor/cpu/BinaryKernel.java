package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.BinaryOp;

/**
 * Arithmetic over rows of neighbouring values. An operand's step is 1, or 0 where one value stands
 * for the whole row. Results may be written in place of an operand of step 1.
 */
public interface BinaryKernel {
  /** {@code out = op(a, b)}. */
  void binary(
      BinaryOp op,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int length);

  /** {@code out = fma(a, b, c)}. */
  void multiplyAdd(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] c,
      int cOffset,
      int cStep,
      float[] out,
      int outOffset,
      int length);

  /** {@code out = condition != 0 ? a : b}; NaN is not 0. */
  void where(
      float[] condition,
      int conditionOffset,
      int conditionStep,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int length);

  /** {@code out = fma(scale, x, shift)}. */
  void affine(
      float[] x, int xOffset, float scale, float shift, float[] out, int outOffset, int length);

  /** {@code out = min(max(x, low), high)}; NaN stays. */
  void clamp(float[] x, int xOffset, float low, float high, float[] out, int outOffset, int length);
}
