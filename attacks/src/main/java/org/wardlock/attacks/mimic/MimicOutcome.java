package org.wardlock.attacks.mimic;

import org.wardlock.attacks.Passes;

/**
 * What became of one pair of pictures.
 *
 * @param dissimilarity DSSIM of the mimicking picture to its source, within the budget
 * @param distance of its features from the wanted ones, in L2
 * @param distanceBefore that of its source
 * @param steps that were made
 */
public record MimicOutcome(
    double dissimilarity, double distance, double distanceBefore, int steps) {
  /** Through the teacher: for what is wanted, for each place on the way, and for the outcome. */
  public Passes passes() {
    return new Passes(steps + 3L, steps);
  }

  /** Which share of the way to the wanted features is left, 1 at the start. */
  public double remaining() {
    return distanceBefore == 0 ? 0 : distance / distanceBefore;
  }
}
