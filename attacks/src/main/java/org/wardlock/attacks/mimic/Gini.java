package org.wardlock.attacks.mimic;

import java.util.Arrays;

/** The Gini coefficient: how unequally something is shared out. */
public final class Gini {
  private Gini() {}

  /**
   * Of shares: the mean difference of any two, over twice their mean.
   *
   * @param shares at least one, none below 0, not all 0
   * @return from 0, where all have the same, to 1 - 1 / n, where one has it all
   */
  public static double of(double... shares) {
    double[] sorted = shares.clone();
    Arrays.sort(sorted);
    double sum = 0;
    double ranked = 0;
    for (int i = 0; i < sorted.length; i++) {
      sum += sorted[i];
      ranked += (2.0 * i + 1 - sorted.length) * sorted[i];
    }
    if (sorted.length == 0 || sorted[0] < 0 || !(sum > 0)) {
      throw new IllegalArgumentException(
          "Gini coefficient: %s shares of sum %s, expected some, none below 0 and not all 0"
              .formatted(sorted.length, sum));
    }
    return ranked / (sorted.length * sum);
  }
}
