package org.wardlock.threat;

/**
 * How many of some pictures have a property, and how sure that is.
 *
 * @param count that have it
 * @param total of all, at least count
 */
public record Share(int count, int total) {
  /** The normal distribution's 97.5 % quantile. */
  private static final double QUANTILE = 1.959963984540054;

  /** Checks that the numbers belong together. */
  public Share {
    if (count < 0 || count > total) {
      throw new IllegalArgumentException("share: " + count + " of " + total);
    }
  }

  /** The part of 1; 0 of no pictures. */
  public double value() {
    return total == 0 ? 0 : (double) count / total;
  }

  /** The lower end of Wilson's interval of 95 % (1927), which stays sound near 0 and 1. */
  public double low() {
    return total == 0 ? 0 : Math.max(0, centre() - halfWidth());
  }

  /** The upper end of Wilson's interval of 95 %. */
  public double high() {
    return total == 0 ? 1 : Math.min(1, centre() + halfWidth());
  }

  private double centre() {
    double square = QUANTILE * QUANTILE;
    return (count + square / 2) / (total + square);
  }

  private double halfWidth() {
    double square = QUANTILE * QUANTILE;
    double variance = value() * (1 - value()) * total + square / 4;
    return QUANTILE * Math.sqrt(variance) / (total + square);
  }
}
