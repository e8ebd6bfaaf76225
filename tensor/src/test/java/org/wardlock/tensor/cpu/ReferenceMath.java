package org.wardlock.tensor.cpu;

/** What Java's library lacks, in double. */
final class ReferenceMath {
  private ReferenceMath() {}

  /** The error function to about 1e-15: its Maclaurin series where small, else 1 - erfc. */
  static double erf(double x) {
    double a = Math.abs(x);
    if (!(a < 2)) {
      return Double.isNaN(x) ? x : Math.copySign(1 - erfc(a), x);
    }
    double power = x;
    double sum = x;
    for (int n = 1; Math.abs(power) > 1e-18 * Math.abs(sum); n++) {
      power *= -x * x / n;
      sum += power / (2 * n + 1);
    }
    return 2 / Math.sqrt(Math.PI) * sum;
  }

  /** 1 - erf for x of at least 2, by Laplace's continued fraction; accurate relative to itself. */
  private static double erfc(double x) {
    if (x > 27) {
      return 0;
    }
    double fraction = 0;
    for (int k = 120; k > 0; k--) {
      fraction = k / 2.0 / (x + fraction);
    }
    return StrictMath.exp(-x * x) / Math.sqrt(Math.PI) / (x + fraction);
  }

  /** The distribution function of the normal distribution. */
  static double normalBelow(double x) {
    double scaled = x / Math.sqrt(2);
    return scaled < -2 ? erfc(-scaled) / 2 : (1 + erf(scaled)) / 2;
  }

  static double gelu(double x) {
    return x * normalBelow(x);
  }

  static double geluDerivative(double x) {
    return normalBelow(x) + x * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
