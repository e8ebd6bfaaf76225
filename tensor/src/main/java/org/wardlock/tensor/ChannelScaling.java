package org.wardlock.tensor;

/**
 * What the values of each channel are multiplied by, and what is then added to them.
 *
 * @param scale (C)
 * @param shift (C)
 */
public record ChannelScaling(Tensor scale, Tensor shift) {
  /**
   * Batch normalisation with given statistics as a scaling: {@code (v - mean) / sqrt(variance +
   * epsilon) * weight + bias}. All of shape (C).
   */
  public static ChannelScaling normalizing(
      Tensor weight, Tensor bias, Tensor mean, Tensor variance, float epsilon) {
    Tensor scale = weight.divide(variance.affine(1, epsilon).sqrt());
    return new ChannelScaling(scale, bias.subtract(mean.multiply(scale)));
  }
}
