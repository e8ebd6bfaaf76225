package org.wardlock.tensor.cpu;

/**
 * What the cores can do at most: many independent chains of fma over values that stay in the
 * first-level cache, which C2 turns into vector code whether or not the Vector API is there.
 */
final class FmaPeak {
  private static final int CHAINS = 1024;
  private static final int LENGTH = 8;
  private static final int REPEATS = 2_000;
  private static final int ROUNDS = 25;

  private FmaPeak() {}

  /**
   * GFLOP/s of all threads together, the best of several rounds: an fma counts as two operations.
   */
  static double gigaflops(KernelContext context, int threads) {
    float[][] values = new float[threads][CHAINS];
    double best = 0;
    for (int round = 0; round < ROUNDS; round++) {
      long start = System.nanoTime();
      context.run(threads, thread -> repeat(values[thread]));
      long nanoseconds = System.nanoTime() - start;
      best = Math.max(best, 2.0 * CHAINS * LENGTH * REPEATS * threads / nanoseconds);
    }
    return best;
  }

  private static void repeat(float[] values) {
    for (int i = 0; i < REPEATS; i++) {
      chains(values);
    }
  }

  private static void chains(float[] values) {
    for (int i = 0; i < CHAINS; i++) {
      float x = values[i];
      x = step(step(step(step(x))));
      x = step(step(step(step(x))));
      values[i] = x;
    }
  }

  private static float step(float x) {
    return Math.fma(x, 0.999f, 1e-3f);
  }
}
