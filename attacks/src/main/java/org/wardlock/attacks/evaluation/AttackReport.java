package org.wardlock.attacks.evaluation;

import java.util.List;

/**
 * What a run found. Shares are of all pictures: one that is wrong without attack counts as broken.
 *
 * @param images how many pictures
 * @param cleanAccuracy the share that is classified rightly without attack
 * @param robustAccuracy the share that no attack broke
 * @param robustAccuracyAt8Bit the same, counting only successes that survive rounding to 8 bits
 * @param maxNorm the largest norm of a change that succeeded
 * @param attacks one entry an attack, in order
 */
public record AttackReport(
    int images,
    double cleanAccuracy,
    double robustAccuracy,
    double robustAccuracyAt8Bit,
    double maxNorm,
    List<Line> attacks) {

  /**
   * One attack's part.
   *
   * @param name of the attack
   * @param robustAfter the share that neither it nor one before it broke
   * @param seconds of wall-clock time
   * @param forward passes of single pictures
   * @param backward passes of single pictures
   */
  public record Line(
      String name, double robustAfter, double seconds, long forward, long backward) {}
}
