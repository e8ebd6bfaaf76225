package org.wardlock.tensor.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.fail;

/**
 * How far float32 results may lie from double-precision ones: the one place that says so.
 *
 * <p>Compared are Euclidean norms, {@code |found - expected| <= bound * |expected|}; elements that
 * are infinite or no number must agree one by one. A result that is nearly zero because large terms
 * cancelled is judged as if its elements were a hundredth: the operands have unit size, and float32
 * cannot know better.
 *
 * @param bound of the relative error
 */
record Tolerance(double bound) {
  /** Equal values; the two zeros count as equal. */
  static final Tolerance EXACT = new Tolerance(0);

  /** Of an operation whose results are each computed from a few numbers. */
  static final Tolerance OF_FEW = ofSum(1);

  /** What cancelled results are judged as. */
  private static final double SMALLEST = 0.01;

  /**
   * Of a result that sums up n terms: 2e-5, growing as the square root of n does beyond a thousand
   * terms, as rounding errors of random sign add up.
   */
  static Tolerance ofSum(long terms) {
    return new Tolerance(2e-5 * Math.sqrt(Math.max(1, terms / 1024.0)));
  }

  void check(String what, Values expected, Values found) {
    assertEquals(expected.shape(), found.shape(), () -> what + ": shape");
    double difference = 0;
    double norm = 0;
    double worst = -1;
    int where = 0;
    for (int i = 0; i < expected.data().length; i++) {
      double e = expected.data()[i];
      double f = found.data()[i];
      if (!Double.isFinite((float) e) || !Double.isFinite(f)) {
        requireEqual(what, i, (float) e, f);
        continue;
      }
      double error = Math.abs(e - f);
      difference += error * error;
      norm += e * e;
      if (error > worst) {
        worst = error;
        where = i;
      }
    }
    double floor = SMALLEST * Math.sqrt(expected.data().length);
    double limit = bound * Math.max(Math.sqrt(norm), floor);
    if (!(Math.sqrt(difference) <= limit)) {
      fail(
          "%s: error %.3g is above %.3g of norm %.3g; worst at %d: expected %s, found %s"
              .formatted(
                  what,
                  Math.sqrt(difference),
                  bound,
                  Math.sqrt(norm),
                  where,
                  expected.data()[where],
                  found.data()[where]));
    }
  }

  private static void requireEqual(String what, int index, double expected, double found) {
    if (Double.compare(expected, found) != 0) {
      fail("%s: at %d expected %s, found %s".formatted(what, index, expected, found));
    }
  }
}
