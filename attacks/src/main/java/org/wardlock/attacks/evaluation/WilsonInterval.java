package org.wardlock.attacks.evaluation;

/**
 * The 95 % confidence interval of a share that was counted on some pictures, by the score of Wilson
 * (1927): it stays within 0 and 1 and keeps its level at both ends, where robust accuracies lie. It
 * speaks of pictures drawn like these, not of attacks that were not made.
 *
 * @param low from 0
 * @param high up to 1
 */
public record WilsonInterval(double low, double high) {
  /** What reports call it. */
  public static final String NAME = "Wilson score, 95 %";

  /** The 97.5 % quantile of the normal distribution. */
  private static final double Z = 1.959963984540054;

  /**
   * The interval of a count.
   *
   * @param successes from 0 to trials
   * @param trials if none, nothing is known: 0 to 1
   */
  public static WilsonInterval of(long successes, long trials) {
    requirePart(successes, trials);
    if (trials == 0) {
      return new WilsonInterval(0, 1);
    }
    double share = (double) successes / trials;
    double width = Z * Z / trials;
    double centre = (share + width / 2) / (1 + width);
    double half = Math.sqrt(width * (share * (1 - share) + width / 4)) / (1 + width);
    // exact at the ends, where rounding would leave something over
    return new WilsonInterval(
        successes == 0 ? 0 : centre - half, successes == trials ? 1 : centre + half);
  }

  /** Checks that some are some of all. */
  static void requirePart(long successes, long trials) {
    if (trials < 0 || successes < 0 || successes > trials) {
      throw new IllegalArgumentException(
          "share: %d of %d, expected a part of a whole".formatted(successes, trials));
    }
  }

  /** The interval of a share of some pictures. */
  public static WilsonInterval ofShare(double share, int pictures) {
    return of(Math.round(share * pictures), pictures);
  }
}
