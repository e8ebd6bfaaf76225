package org.wardlock.attacks;

import java.util.Arrays;
import java.util.List;

/**
 * A loss averaged over several answers about one image, for classifiers whose answers vary.
 *
 * @param draws the loss of each answer, at least one
 */
public record MeanLoss(List<LossValue> draws) {
  /** Checks that there is one. */
  public MeanLoss {
    draws = List.copyOf(draws);
    if (draws.isEmpty()) {
      throw new IllegalArgumentException("mean loss: of no answer, expected at least one");
    }
  }

  /** The mean of the values. */
  public double value() {
    return draws.stream().mapToDouble(LossValue::value).sum() / draws.size();
  }

  /**
   * The gradient towards the logits of each answer, all times the power of two that brings the
   * largest magnitude among them to between 1 and 2: see {@link LossValue#direction}.
   */
  public double[][] directions() {
    double largest = 0;
    for (LossValue draw : draws) {
      for (double part : draw.gradient()) {
        largest = Math.max(largest, Math.abs(part));
      }
    }
    int exponent = largest == 0 ? 0 : Math.getExponent(largest);
    return draws.stream()
        .map(
            draw ->
                Arrays.stream(draw.gradient()).map(part -> Math.scalb(part, -exponent)).toArray())
        .toArray(double[][]::new);
  }
}
