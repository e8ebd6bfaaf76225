package org.wardlock.attacks.gradient;

import java.util.stream.IntStream;

/**
 * When APGD looks back: after 22 % of the steps, then at intervals that shrink by 3 % to no less
 * than 6 %. In whole numbers, as its program counts: of 100 steps after 22, 41, 57, 70, 80, 87, 93
 * and 99.
 */
final class Checkpoints {
  private static final double FIRST = 0.22;
  private static final double SHORTER = 0.03;
  private static final double SHORTEST = 0.06;

  private Checkpoints() {}

  /** How many steps are done at each look back. */
  static int[] of(int iterations) {
    int shorter = Math.max((int) (SHORTER * iterations), 1);
    int shortest = Math.max((int) (SHORTEST * iterations), 1);
    int interval = Math.max((int) (FIRST * iterations), 1);
    IntStream.Builder steps = IntStream.builder();
    for (int step = interval; step <= iterations; step += interval) {
      steps.add(step);
      interval = Math.max(interval - shorter, shortest);
    }
    return steps.build().toArray();
  }

  /** In L1: whenever another 4 % of the steps are done. */
  static int[] ofSparseSteps(int iterations) {
    int interval = Math.max((int) (0.04 * iterations), 1);
    return IntStream.rangeClosed(1, iterations / interval).map(i -> i * interval).toArray();
  }
}
