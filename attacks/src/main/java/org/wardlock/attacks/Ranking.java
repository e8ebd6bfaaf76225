package org.wardlock.attacks;

/** Classes by descending logit, lower classes first among equals. */
record Ranking(int[] classes) {
  private static final int DEEPEST = 4;

  /** The four best, or all if there are fewer. */
  static Ranking of(double[] logits) {
    int depth = Math.min(DEEPEST, logits.length);
    int[] best = new int[depth];
    for (int rank = 0; rank < depth; rank++) {
      int found = -1;
      for (int k = 0; k < logits.length; k++) {
        if ((found < 0 || logits[k] > logits[found]) && !contains(best, rank, k)) {
          found = k;
        }
      }
      best[rank] = found;
    }
    return new Ranking(best);
  }

  private static boolean contains(int[] values, int length, int value) {
    for (int i = 0; i < length; i++) {
      if (values[i] == value) {
        return true;
      }
    }
    return false;
  }

  /** The class at a rank, from 0. */
  int at(int rank) {
    return classes[rank];
  }

  /** The best class other than one. */
  int bestBut(int excluded) {
    return classes[0] == excluded ? classes[1] : classes[0];
  }
}
