package org.wardlock.tensor.cpu;

/** The steps of normalisation and softmax that treat each value of a row by itself. */
public interface NormKernel {
  /** {@code out = fma(x - center, scale, shift)}: batch normalisation. May run in place. */
  void scale(
      float[] x,
      int xOffset,
      float center,
      float scale,
      float shift,
      float[] out,
      int outOffset,
      int length);

  /** {@code out = fma((x - center) * scale, weight, bias)}: layer normalisation. */
  void normalize(
      float[] x,
      int xOffset,
      float[] weight,
      int weightOffset,
      float[] bias,
      int biasOffset,
      float center,
      float scale,
      float[] out,
      int outOffset,
      int length);

  /**
   * {@code out = factor * fma(x - center, slope, g - average)}: the gradient of either. May run in
   * place of x or g.
   */
  void project(
      float[] x,
      int xOffset,
      float[] g,
      int gOffset,
      float center,
      float slope,
      float average,
      float factor,
      float[] out,
      int outOffset,
      int length);

  /** {@code out = fma((x - center) * scale, g, out)}: the gradient of a weight. */
  void accumulate(
      float[] x,
      int xOffset,
      float[] g,
      int gOffset,
      float center,
      float scale,
      float[] out,
      int outOffset,
      int length);

  /** {@code out = y * (g - average)}: the gradient of softmax. */
  void weigh(
      float[] y,
      int yOffset,
      float[] g,
      int gOffset,
      float average,
      float[] out,
      int outOffset,
      int length);

  /**
   * {@code out = fma(factor, x, sign * y)}: the gradients of log-softmax and cross-entropy. May run
   * in place of x.
   */
  void combine(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float factor,
      float sign,
      float[] out,
      int outOffset,
      int length);
}
