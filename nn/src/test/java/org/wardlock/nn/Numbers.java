package org.wardlock.nn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

/** Comparing what was computed with what was expected. */
public final class Numbers {
  private Numbers() {}

  /** The norm of the difference over the norm of what was expected. */
  public static double relativeError(float[] expected, float[] found) {
    assertEquals(expected.length, found.length, "number of values");
    double difference = 0;
    double norm = 0;
    for (int i = 0; i < expected.length; i++) {
      difference += Math.pow((double) expected[i] - found[i], 2);
      norm += Math.pow(expected[i], 2);
    }
    return Math.sqrt(difference) / Math.max(Math.sqrt(norm), 1e-12);
  }

  /** Fails where the relative error is larger, or no number. */
  public static void assertClose(String what, float[] expected, float[] found, double tolerance) {
    double error = relativeError(expected, found);
    assertTrue(error <= tolerance, () -> what + ": relative error " + error);
  }
}
