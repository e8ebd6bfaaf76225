package org.wardlock.tensor.cpu;

/** Steps of normalisation and softmax without the Vector API. */
public final class ScalarNorm implements NormKernel {
  @Override
  public void scale(
      float[] x,
      int xOffset,
      float center,
      float scale,
      float shift,
      float[] out,
      int outOffset,
      int length) {
    for (int i = 0; i < length; i++) {
      out[outOffset + i] = Fma.fma(x[xOffset + i] - center, scale, shift);
    }
  }

  @Override
  public void normalize(
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
      int length) {
    for (int i = 0; i < length; i++) {
      out[outOffset + i] =
          Fma.fma(
              (x[xOffset + i] - center) * scale, weight[weightOffset + i], bias[biasOffset + i]);
    }
  }

  @Override
  public void project(
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
      int length) {
    for (int i = 0; i < length; i++) {
      out[outOffset + i] =
          factor * Fma.fma(x[xOffset + i] - center, slope, g[gOffset + i] - average);
    }
  }

  @Override
  public void accumulate(
      float[] x,
      int xOffset,
      float[] g,
      int gOffset,
      float center,
      float scale,
      float[] out,
      int outOffset,
      int length) {
    for (int i = 0; i < length; i++) {
      out[outOffset + i] =
          Fma.fma((x[xOffset + i] - center) * scale, g[gOffset + i], out[outOffset + i]);
    }
  }

  @Override
  public void weigh(
      float[] y,
      int yOffset,
      float[] g,
      int gOffset,
      float average,
      float[] out,
      int outOffset,
      int length) {
    for (int i = 0; i < length; i++) {
      out[outOffset + i] = y[yOffset + i] * (g[gOffset + i] - average);
    }
  }

  @Override
  public void combine(
      float[] x,
      int xOffset,
      float[] y,
      int yOffset,
      float factor,
      float sign,
      float[] out,
      int outOffset,
      int length) {
    for (int i = 0; i < length; i++) {
      out[outOffset + i] = Fma.fma(factor, x[xOffset + i], sign * y[yOffset + i]);
    }
  }
}
