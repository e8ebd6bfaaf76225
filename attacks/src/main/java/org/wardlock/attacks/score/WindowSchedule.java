package org.wardlock.attacks.score;

/**
 * How large the windows of the Square attack are: the share of the picture that one covers is 0.8
 * at first and is halved after fixed numbers of queries, however many there will be.
 */
final class WindowSchedule {
  private static final double FIRST_SHARE = 0.8;
  private static final int[] LAST_QUERIES = {10, 50, 200, 500, 1000, 2000, 4000, 6000, 8000};

  private WindowSchedule() {}

  /**
   * The share of the picture that the window of a query covers.
   *
   * @param query from 0, the one for the start not counted
   */
  static double share(int query) {
    int halvings = 0;
    while (halvings < LAST_QUERIES.length && query > LAST_QUERIES[halvings]) {
      halvings++;
    }
    return FIRST_SHARE / (1 << halvings);
  }

  /** The side of a window in Linf: at least 1, at most that of the picture. */
  static int side(int query, int height, int width) {
    return Math.clamp(rounded(query, height, width), 1, Math.min(height, width));
  }

  /** The side of a window in L2 and L1: odd, and at least 3 where the picture is that large. */
  static int oddSide(int query, int height, int width) {
    int side = Math.max(rounded(query, height, width), 3) | 1;
    int largest = Math.min(height, width);
    return Math.min(side, largest % 2 == 0 ? largest - 1 : largest);
  }

  private static int rounded(int query, int height, int width) {
    return (int) Math.rint(Math.sqrt(share(query) * height * width));
  }
}
