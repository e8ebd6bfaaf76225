package org.wardlock.attacks.extraction;

import java.util.Arrays;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.data.RandomOrder;
import org.wardlock.tensor.Philox;

/** An order that no answer changes. */
final class FixedQueries implements QueryChooser {
  private final int[] order;
  private final int round;
  private int asked;

  private FixedQueries(int round, int... order) {
    this.order = order;
    this.round = round;
  }

  /** The pool's own order. */
  static FixedQueries inOrder(int pool, int round) {
    int[] order = new int[pool];
    Arrays.setAll(order, index -> index);
    return new FixedQueries(round, order);
  }

  /** A random order, in which every one is equally likely. */
  static FixedQueries random(int pool, int round, long seed) {
    return new FixedQueries(
        round, RandomOrder.of(pool, new Philox(seed, AttackPurpose.QUERY_ORDER.number(), 0)));
  }

  @Override
  public int[] next() {
    int start = asked;
    asked = Math.min(order.length, start + round);
    return Arrays.copyOfRange(order, start, asked);
  }

  @Override
  public void told(float[][] answers) {
    // whatever was answered, the order stays
  }
}
