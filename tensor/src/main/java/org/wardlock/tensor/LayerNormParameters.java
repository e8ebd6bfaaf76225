package org.wardlock.tensor;

/**
 * What a layer norm (Ba et al. 2016) takes besides its input, whose last axis has extent D.
 *
 * @param weight (D), what normalised values are multiplied by
 * @param bias (D), what is added then
 * @param epsilon added to the variance
 */
public record LayerNormParameters(Tensor weight, Tensor bias, float epsilon) {}
