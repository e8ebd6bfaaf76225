package org.wardlock.attacks.extraction;

import java.util.Arrays;

/** Choices by weight. */
final class Chances {
  private Chances() {}

  /**
   * The entry on which a number between 0 and 1 falls when each takes as much room as its weight.
   *
   * @param uniform from 0 to below 1
   * @param weights not negative; where all are 0, each counts alike
   */
  static int draw(double uniform, double... weights) {
    double total = Arrays.stream(weights).sum();
    if (!(total > 0)) {
      return (int) (uniform * weights.length);
    }
    double left = uniform * total;
    int last = 0;
    for (int i = 0; i < weights.length; i++) {
      if (weights[i] > 0) {
        last = i;
        left -= weights[i];
        if (left < 0) {
          break;
        }
      }
    }
    return last;
  }
}
