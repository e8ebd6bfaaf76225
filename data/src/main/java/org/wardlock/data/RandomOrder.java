package org.wardlock.data;

import org.wardlock.tensor.Philox;

/** Puts things into an order in which every permutation is equally likely (Fisher-Yates). */
public final class RandomOrder {
  private RandomOrder() {}

  /** The numbers from 0 to n - 1 in random order. */
  public static int[] of(int n, Philox random) {
    int[] order = new int[n];
    for (int i = 0; i < n; i++) {
      order[i] = i;
    }
    shuffle(order, random);
    return order;
  }

  static void shuffle(int[] values, Philox random) {
    for (int last = values.length - 1; last > 0; last--) {
      int chosen = random.below(last + 1, last);
      int moved = values[last];
      values[last] = values[chosen];
      values[chosen] = moved;
    }
  }
}
