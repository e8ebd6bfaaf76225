package org.wardlock.threat;

import org.wardlock.attacks.evaluation.WilsonInterval;

/**
 * How many of some pictures have a property.
 *
 * @param count that have it
 * @param total of all, at least count
 */
public record Share(int count, int total) {
  /** Checks that the numbers belong together. */
  public Share {
    if (count < 0 || count > total) {
      throw new IllegalArgumentException(
          "share: %d of %d, expected a part of a whole".formatted(count, total));
    }
  }

  /** The part of 1; 0 of no pictures. */
  public double value() {
    return total == 0 ? 0 : (double) count / total;
  }

  /** How sure it is. */
  public WilsonInterval interval() {
    return WilsonInterval.of(count, total);
  }
}
