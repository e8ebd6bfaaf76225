package org.wardlock.threat.recovery;

/**
 * The generator behind the published keys, MT19937 (Matsumoto and Nishimura 1998), for {@value
 * #LANES} seeds side by side. Each step is one loop over the lanes with one index for all arrays,
 * which is what the JIT turns into vector instructions. Only as much of the state is made as the
 * draws that are asked for need.
 */
final class SeedLanes {
  /** How many seeds go side by side. */
  static final int LANES = 64;

  private static final int WORDS = 624;
  private static final int MIDDLE = 397;

  private final int most;
  private final int[][] state = new int[WORDS][LANES];
  private final int[][] outputs;
  private int drawn;

  /**
   * @param most how many numbers of each seed may be asked for
   */
  SeedLanes(int most) {
    this.most = most;
    outputs = new int[most][LANES];
  }

  /** Begins with other seeds. */
  void seed(int... seeds) {
    System.arraycopy(seeds, 0, state[0], 0, LANES);
    int needed = Math.min(WORDS, MIDDLE + most + 1);
    for (int word = 1; word < needed; word++) {
      initialise(state[word - 1], state[word], word);
    }
    drawn = 0;
  }

  /** The number that a lane's seed gives at a draw, from 0. */
  int output(int draw, int lane) {
    while (drawn <= draw) {
      int word = drawn % WORDS;
      twist(state[word], state[(word + 1) % WORDS], state[(word + MIDDLE) % WORDS]);
      temper(state[word], outputs[drawn]);
      drawn++;
    }
    return outputs[draw][lane];
  }

  private static void initialise(int[] before, int[] state, int word) {
    for (int lane = 0; lane < LANES; lane++) {
      int x = before[lane];
      state[lane] = 1_812_433_253 * (x ^ (x >>> 30)) + word;
    }
  }

  private static void twist(int[] state, int[] next, int... middle) {
    for (int lane = 0; lane < LANES; lane++) {
      int y = (state[lane] & 0x80000000) | (next[lane] & 0x7fffffff);
      state[lane] = middle[lane] ^ (y >>> 1) ^ (-(y & 1) & 0x9908b0df);
    }
  }

  private static void temper(int[] state, int... outputs) {
    for (int lane = 0; lane < LANES; lane++) {
      int y = state[lane];
      y ^= y >>> 11;
      y ^= (y << 7) & 0x9d2c5680;
      y ^= (y << 15) & 0xefc60000;
      outputs[lane] = y ^ (y >>> 18);
    }
  }
}
