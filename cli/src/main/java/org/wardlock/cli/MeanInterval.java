package org.wardlock.cli;

import java.util.Arrays;

/**
 * Several measurements of one thing and where their mean would lie if there were many more: the 95
 * % interval of Student's distribution. It covers what differs between the measurements alone: keys
 * that are measured on the same pictures say nothing of other pictures.
 *
 * @param count how many
 * @param mean of them
 * @param min the smallest
 * @param max the largest
 * @param low end of the interval; the mean itself where there is but one
 * @param high end of the interval
 */
record MeanInterval(int count, double mean, double min, double max, double low, double high) {
  /** The upper 2.5 % point of the normal distribution. */
  private static final double NORMAL = 1.959964;

  /** Student's for one to three degrees of freedom, where the series is poor. */
  private static final double[] FEW = {12.7062, 4.3027, 3.1824};

  /**
   * Sums measurements up.
   *
   * @throws IllegalArgumentException if there is none
   */
  static MeanInterval of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("no measurement; expected at least one");
    }
    double mean = Arrays.stream(values).average().orElseThrow();
    double min = Arrays.stream(values).min().orElseThrow();
    double max = Arrays.stream(values).max().orElseThrow();
    double half = 0;
    if (values.length > 1) {
      int freedom = values.length - 1;
      double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
      half = student(freedom) * Math.sqrt(squares / freedom / values.length);
    }
    return new MeanInterval(values.length, mean, min, max, mean - half, mean + half);
  }

  /** The same for shares, whose mean cannot lie outside 0 to 1. */
  MeanInterval ofShares() {
    return new MeanInterval(count, mean, min, max, Math.max(0, low), Math.min(1, high));
  }

  /**
   * The upper 2.5 % point, by the expansion of Cornish and Fisher: good to three digits from 4 on.
   */
  static double student(int freedom) {
    if (freedom <= FEW.length) {
      return FEW[freedom - 1];
    }
    double z = NORMAL;
    double z2 = z * z;
    double n = freedom;
    return z
        + z * (z2 + 1) / (4 * n)
        + z * (5 * z2 * z2 + 16 * z2 + 3) / (96 * n * n)
        + z * (3 * z2 * z2 * z2 + 19 * z2 * z2 + 17 * z2 - 15) / (384 * n * n * n)
        + z
            * (79 * z2 * z2 * z2 * z2 + 776 * z2 * z2 * z2 + 1482 * z2 * z2 - 1920 * z2 - 945)
            / (92160 * n * n * n * n);
  }
}
