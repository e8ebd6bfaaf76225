package org.wardlock.attacks.gradient;

/** How far APGD steps for one picture, and when it goes back to the best point it saw. */
sealed interface StepControl permits HalvingStep, SparseStep {
  /** The length of the next step, in the threat's norm. */
  double length();

  /** The share of values that the next step leaves alone. */
  double sparsity();

  /** Hears the loss at the start, then that after every step. */
  void observe(double loss);

  /**
   * Looks back.
   *
   * @param bestLoss so far
   * @param changed how many values the best point changes
   * @return whether to go on from the best point
   */
  boolean lookBack(double bestLoss, int changed);
}
