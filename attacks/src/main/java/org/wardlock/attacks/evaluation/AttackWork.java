package org.wardlock.attacks.evaluation;

import org.wardlock.attacks.Passes;

/**
 * What one attack has cost so far.
 *
 * @param passes of single pictures, through the classifier and surrogates
 * @param seconds of wall-clock time, checking what was found included
 */
public record AttackWork(Passes passes, double seconds) {
  static final AttackWork NONE = new AttackWork(Passes.NONE, 0);

  AttackWork plus(AttackWork other) {
    return new AttackWork(passes.plus(other.passes), seconds + other.seconds);
  }
}
