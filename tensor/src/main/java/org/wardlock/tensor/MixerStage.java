package org.wardlock.tensor;

/**
 * What lies between two pointwise convolutions of a ConvMixer (Trockman and Kolter 2022): {@code z
 * = inner(activation(x + bias)); out = z + outer(activation(depthwiseConv2d(z)))}, where inner and
 * outer normalise and then scale.
 *
 * @param activation before either normalisation
 * @param bias (C): that of the pointwise convolution
 * @param inner of the pointwise convolution's normalisation
 * @param filter (C, 1, k, k), k odd
 * @param filterBias (C)
 * @param outer of the depthwise convolution's normalisation
 */
public record MixerStage(
    Activation activation,
    Tensor bias,
    ChannelScaling inner,
    Tensor filter,
    Tensor filterBias,
    ChannelScaling outer) {

  /**
   * The outcome and the statistics of the batch, which have no gradient: (C) each, variances with
   * divisor n.
   */
  public record Normalized(
      Tensor output,
      Tensor innerMean,
      Tensor innerVariance,
      Tensor outerMean,
      Tensor outerVariance) {}

  /** The parameters, in the order of their gradients. */
  Tensor[] parameters() {
    return new Tensor[] {
      bias, inner.scale(), inner.shift(), filter, filterBias, outer.scale(), outer.shift()
    };
  }
}
