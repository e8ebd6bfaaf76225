package org.wardlock.attacks.evaluation;

/**
 * How many of some pictures have a property.
 *
 * @param count that have it
 * @param total of all, at least count
 */
public record Share(int count, int total) {
  /** Checks that the numbers belong together. */
  public Share {
    WilsonInterval.requirePart(count, total);
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
