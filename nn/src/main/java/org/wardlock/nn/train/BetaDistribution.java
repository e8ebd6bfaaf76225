package org.wardlock.nn.train;

import org.wardlock.tensor.Philox;

/**
 * Beta(alpha, alpha), as the part that one of two gamma variables has in their sum (Marsaglia and
 * Tsang 2000). In logarithms, as the variables of a small alpha are smaller than any double.
 *
 * @param alpha above 0
 */
record BetaDistribution(double alpha) {
  /** Words that the first variable may take before the second begins. */
  private static final int WORDS = 1 << 20;

  /**
   * Draws from a stream.
   *
   * @param position of the first word that may be taken
   * @return from 0 to 1
   */
  double draw(Philox random, long position) {
    double first = logGamma(random, position);
    double second = logGamma(random, position + WORDS);
    return 1 / (1 + StrictMath.exp(second - first));
  }

  /** The logarithm of a gamma variable: of shape alpha + 1, times a uniform one to 1 / alpha. */
  private double logGamma(Philox random, long position) {
    double d = alpha + 1 - 1.0 / 3;
    double c = 1 / (3 * Math.sqrt(d));
    double boost = StrictMath.log(uniform(random, position)) / alpha;
    for (long word = position + 1; ; word += 3) {
      double radius = Math.sqrt(-2 * StrictMath.log(uniform(random, word)));
      double normal = radius * StrictMath.cos(2 * Math.PI * uniform(random, word + 1));
      double v = StrictMath.pow(1 + c * normal, 3);
      double bound = 0.5 * normal * normal + d - d * v + d * StrictMath.log(v);
      if (v > 0 && StrictMath.log(uniform(random, word + 2)) < bound) {
        return StrictMath.log(d * v) + boost;
      }
    }
  }

  /** Between 0 and 1, neither of them. */
  private static double uniform(Philox random, long word) {
    return random.uniform(word) + 0x1p-25;
  }
}
