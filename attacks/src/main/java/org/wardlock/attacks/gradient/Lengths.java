package org.wardlock.attacks.gradient;

import org.wardlock.attacks.Norm;

/** Norms of changes in double. */
final class Lengths {
  private Lengths() {}

  static double of(Norm norm, double... change) {
    // one loop a norm: a choice inside would be made for every value
    return switch (norm) {
      case LINF -> largest(change);
      case L2 -> Math.sqrt(sumOfSquares(change));
      case L1 -> sum(change);
    };
  }

  /** The length of a slope, by which a gap is divided to give a distance in a norm. */
  static double ofSlope(Norm norm, float... slope) {
    double[] exact = new double[slope.length];
    for (int i = 0; i < exact.length; i++) {
      exact[i] = slope[i];
    }
    return switch (norm) {
      case LINF -> of(Norm.L1, exact);
      case L2 -> of(Norm.L2, exact);
      case L1 -> of(Norm.LINF, exact);
    };
  }

  private static double largest(double... change) {
    double largest = 0;
    for (double part : change) {
      largest = Math.max(largest, Math.abs(part));
    }
    return largest;
  }

  private static double sumOfSquares(double... change) {
    double sum = 0;
    for (double part : change) {
      sum += part * part;
    }
    return sum;
  }

  private static double sum(double... change) {
    double sum = 0;
    for (double part : change) {
      sum += Math.abs(part);
    }
    return sum;
  }
}
