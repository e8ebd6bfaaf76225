package org.wardlock.defense.differentiators;

import org.wardlock.nn.train.OptimizerSettings;

/**
 * How differentiators are trained; all numbers are our choice. AdamW throughout, its rate falling
 * along half a cosine.
 *
 * @param tuning what is trained
 * @param headSteps steps of the head, each on all pictures at once
 * @param headRate its learning rate
 * @param epochs of tuning more than the head
 * @param rate the learning rate of that
 * @param batch pictures at a time; where the head alone is trained it changes no result
 */
public record Recipe(
    Tuning tuning, int headSteps, double headRate, int epochs, double rate, int batch) {
  /** The head alone, in 300 steps at 0.01, over pictures taken 32 at a time. */
  public static final Recipe HEAD = new Recipe(Tuning.HEAD, 300, 0.01, 5, 1e-4, 32);

  private static final double WEIGHT_DECAY = 0.01;

  /** Checks the numbers. */
  public Recipe {
    if (headSteps < 1 || epochs < 1 || batch < 1) {
      throw new IllegalArgumentException(
          "differentiators: %d steps, %d epochs, %d pictures a batch, expected at least 1"
              .formatted(headSteps, epochs, batch));
    }
    if (!(headRate > 0) || !(rate > 0)) {
      throw new IllegalArgumentException(
          "differentiators: learning rates %s and %s, expected more than 0"
              .formatted(headRate, rate));
    }
  }

  OptimizerSettings optimizer() {
    return OptimizerSettings.Adam.decoupled(WEIGHT_DECAY);
  }
}
