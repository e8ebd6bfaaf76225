package org.wardlock.attacks.diagnosis;

import java.util.Arrays;
import java.util.Optional;

/**
 * The direction that tells one point from many others with the largest margin: a support vector
 * machine without slack, by coordinate ascent on its dual (Hsieh et al. 2008).
 */
final class SeparatingLine {
  private static final int SWEEPS = 1000;

  /** A point that asks for more is on the wrong side for good. */
  private static final double MOST = 1e6;

  /** Steps below that share of the largest weight end the ascent. */
  private static final double DONE = 1e-6;

  private SeparatingLine() {}

  /** How far along a direction a point lies. */
  static double along(double[] line, double[] point) {
    double sum = 0;
    for (int i = 0; i < line.length; i++) {
      sum += line[i] * point[i];
    }
    return sum;
  }

  /**
   * A direction along which a point lies beyond all others, if there is one.
   *
   * @param others at least one
   */
  static Optional<double[]> of(double[][] others, double[] point) {
    int size = point.length;
    // seen from the point, so that the machine needs no bias: w . (point - other) >= 1 for all
    double[][] ways = new double[others.length][size];
    double longest = 0;
    for (int k = 0; k < others.length; k++) {
      for (int i = 0; i < size; i++) {
        ways[k][i] = point[i] - others[k][i];
      }
      longest = Math.max(longest, along(ways[k], ways[k]));
    }
    if (longest == 0) {
      return Optional.empty();
    }
    double unit = 1 / Math.sqrt(longest);
    for (double[] way : ways) {
      for (int i = 0; i < size; i++) {
        way[i] *= unit;
      }
    }
    double[] line = ascend(ways);
    boolean separates = Arrays.stream(ways).allMatch(way -> along(line, way) > 0);
    return separates ? Optional.of(line) : Optional.empty();
  }

  private static double[] ascend(double[][] ways) {
    double[] line = new double[ways[0].length];
    double[] weights = new double[ways.length];
    double[] squares = Arrays.stream(ways).mapToDouble(way -> along(way, way)).toArray();
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
      double largestStep = 0;
      double largestWeight = 0;
      for (int k = 0; k < ways.length; k++) {
        if (squares[k] > 0) {
          double wanted = weights[k] + (1 - along(line, ways[k])) / squares[k];
          double next = Math.clamp(wanted, 0, MOST);
          double step = next - weights[k];
          weights[k] = next;
          for (int i = 0; i < line.length; i++) {
            line[i] += step * ways[k][i];
          }
          largestStep = Math.max(largestStep, Math.abs(step));
          largestWeight = Math.max(largestWeight, next);
        }
      }
      if (largestStep <= DONE * largestWeight) {
        break;
      }
    }
    return line;
  }
}
