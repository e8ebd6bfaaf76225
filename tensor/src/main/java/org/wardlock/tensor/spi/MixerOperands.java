package org.wardlock.tensor.spi;

import java.util.Optional;
import org.wardlock.tensor.Activation;

/**
 * What lies between two pointwise convolutions of a ConvMixer, channel by channel (Trockman and
 * Kolter 2022): {@code z = norm(activation(x + bias)); out = z + norm(activation(depthwise(z)))}.
 *
 * @param activation before either normalisation
 * @param bias (C): the pointwise convolution's
 * @param innerScale (C): what z's normalised values are multiplied by
 * @param innerShift (C): what is added to them
 * @param filter (C, 1, k, k), k odd: the depthwise convolution's
 * @param filterBias (C)
 * @param outerScale (C), of the second normalisation
 * @param outerShift (C)
 */
public record MixerOperands(
    Activation activation,
    Operand bias,
    Operand innerScale,
    Operand innerShift,
    Operand filter,
    Operand filterBias,
    Operand outerScale,
    Operand outerShift) {

  /** The statistics of a batch, (C) each, variances with divisor n. */
  public record Statistics(
      Operand innerMean, Operand innerVariance, Operand outerMean, Operand outerVariance) {}

  /** Where gradients go; those not asked for are not computed. */
  public record Gradients(
      Optional<Operand> x,
      Optional<Operand> bias,
      Optional<Operand> innerScale,
      Optional<Operand> innerShift,
      Optional<Operand> filter,
      Optional<Operand> filterBias,
      Optional<Operand> outerScale,
      Optional<Operand> outerShift) {}
}
