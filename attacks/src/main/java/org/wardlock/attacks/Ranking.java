package org.wardlock.attacks;

/** Classes by descending logit, lower classes first among equals. */
public final class Ranking {
  private final int[] classes;

  private Ranking(int... classes) {
    this.classes = classes;
  }

  /**
   * The best classes of one picture.
   *
   * @param depth how many; all if there are fewer
   */
  public static Ranking of(double[] logits, int depth) {
    int[] best = new int[Math.min(depth, logits.length)];
    boolean[] taken = new boolean[logits.length];
    for (int rank = 0; rank < best.length; rank++) {
      int found = -1;
      for (int k = 0; k < logits.length; k++) {
        if (!taken[k] && (found < 0 || logits[k] > logits[found])) {
          found = k;
        }
      }
      best[rank] = found;
      taken[found] = true;
    }
    return new Ranking(best);
  }

  /** The class at a rank, from 0. */
  public int at(int rank) {
    return classes[rank];
  }

  /** The best class other than one. */
  public int bestBut(int excluded) {
    return classes[0] == excluded ? classes[1] : classes[0];
  }
}
