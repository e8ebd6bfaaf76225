package org.wardlock.defense;

/**
 * MT19937 (Matsumoto and Nishimura, 1998), seeded by its {@code init_genrand}: the CPU generator
 * behind {@code torch.manual_seed}. It serves to reproduce published keys and nothing else.
 */
final class MersenneTwister {
  private static final int WORDS = 624;
  private static final int MIDDLE = 397;

  private final int[] state = new int[WORDS];
  private int next = WORDS;

  MersenneTwister(int seed) {
    state[0] = seed;
    for (int i = 1; i < WORDS; i++) {
      state[i] = 1_812_433_253 * (state[i - 1] ^ (state[i - 1] >>> 30)) + i;
    }
  }

  /**
   * {@code torch.randperm(length)} on the CPU. It takes remainders of 32-bit numbers, and so is
   * very slightly biased; that is what was published.
   */
  Permutation permutation(int length) {
    int[] entries = Permutation.identity(length).toArray();
    for (int i = 0; i < length - 1; i++) {
      int chosen = i + Integer.remainderUnsigned(nextInt(), length - i);
      int entry = entries[i];
      entries[i] = entries[chosen];
      entries[chosen] = entry;
    }
    return Permutation.of(entries);
  }

  /**
   * So many numbers of 0..bound-1 as {@code torch.empty(count).random_(bound)} fills them in on the
   * CPU: remainders of 32-bit numbers, whatever the tensor's type, for bounds below 2^28.
   */
  int[] numbers(int count, int bound) {
    var numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] = Integer.remainderUnsigned(nextInt(), bound);
    }
    return numbers;
  }

  int nextInt() {
    if (next == WORDS) {
      twist();
    }
    int y = state[next];
    next++;
    y ^= y >>> 11;
    y ^= (y << 7) & 0x9d2c5680;
    y ^= (y << 15) & 0xefc60000;
    return y ^ (y >>> 18);
  }

  private void twist() {
    for (int i = 0; i < WORDS; i++) {
      int y = (state[i] & 0x80000000) | (state[(i + 1) % WORDS] & 0x7fffffff);
      int shifted = (y & 1) == 0 ? y >>> 1 : (y >>> 1) ^ 0x9908b0df;
      state[i] = state[(i + MIDDLE) % WORDS] ^ shifted;
    }
    next = 0;
  }
}
