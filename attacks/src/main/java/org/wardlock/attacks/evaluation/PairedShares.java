package org.wardlock.attacks.evaluation;

/**
 * Two shares of the same pictures, counted picture by picture: what they differ by can be known far
 * better than either share, as most pictures fare alike in both.
 *
 * @param both how many have both properties
 * @param first the first one alone
 * @param second the second one alone
 * @param neither none
 */
public record PairedShares(int both, int first, int second, int neither) {
  /** What reports call the interval. */
  public static final String NAME = "Newcombe's method 10 for paired proportions, 95 %";

  /** Checks the counts. */
  public PairedShares {
    if (both < 0 || first < 0 || second < 0 || neither < 0) {
      throw new IllegalArgumentException(
          "paired shares: %d, %d, %d, %d; expected counts".formatted(both, first, second, neither));
    }
  }

  /**
   * Where the difference lies.
   *
   * @param low from -1
   * @param high up to 1
   */
  public record Interval(double low, double high) {}

  private int total() {
    return both + first + second + neither;
  }

  /** The second share less the first; 0 of no pictures. */
  public double difference() {
    return total() == 0 ? 0 : (double) (second - first) / total();
  }

  /**
   * The 95 % confidence interval of the difference: those of Wilson of both shares, put together by
   * their correlation (Newcombe 1998, Statistics in Medicine 17, 2635-2650, method 10).
   */
  public Interval interval() {
    if (total() == 0) {
      return new Interval(-1, 1);
    }
    double of = total();
    double shareOfFirst = (both + first) / of;
    double shareOfSecond = (both + second) / of;
    WilsonInterval aroundFirst = WilsonInterval.of(both + first, total());
    WilsonInterval aroundSecond = WilsonInterval.of(both + second, total());
    double down = together(shareOfSecond - aroundSecond.low(), aroundFirst.high() - shareOfFirst);
    double up = together(aroundSecond.high() - shareOfSecond, shareOfFirst - aroundFirst.low());
    return new Interval(difference() - down, difference() + up);
  }

  /** A side of the interval from those of the two shares. */
  private double together(double ofSecond, double ofFirst) {
    double square =
        ofSecond * ofSecond - 2 * correlation() * ofSecond * ofFirst + ofFirst * ofFirst;
    return Math.sqrt(Math.max(0, square)); // rounding may leave less than nothing
  }

  /** With the correction for continuity that the method makes. */
  private double correlation() {
    double product =
        ((double) both + first)
            * ((double) second + neither)
            * ((double) both + second)
            * ((double) first + neither);
    if (product == 0) {
      return 0;
    }
    double excess = (double) both * neither - (double) first * second;
    double corrected = excess > 0 ? Math.max(excess - total() / 2.0, 0) : excess;
    return corrected / Math.sqrt(product);
  }
}
