package org.wardlock.tensor;

/**
 * The counter-based generator Philox4x32-10 (Salmon et al. 2011): four 32-bit words from a 64-bit
 * key and a 128-bit counter, with no state. Every random choice is a function of (seed, purpose,
 * stream, position), so it is the same whoever makes it, in whatever order, on whatever device. The
 * key is the seed; the counter is (position / 4, purpose, stream low, stream high), and the word is
 * number position % 4.
 *
 * @param seed of the run
 * @param purpose keeps uses apart: one number a use
 * @param stream which sequence: a picture, an epoch, a parameter
 */
public record Philox(long seed, int purpose, long stream) {
  private static final int ROUNDS = 10;
  private static final int MULTIPLIER_0 = 0xD2511F53;
  private static final int MULTIPLIER_1 = 0xCD9E8D57;
  private static final int WEYL_0 = 0x9E3779B9;
  private static final int WEYL_1 = 0xBB67AE85;

  /** The word at a position of this stream, from 0. */
  public int word(long position) {
    return word(
        (int) (position >>> 2),
        purpose,
        (int) stream,
        (int) (stream >>> 32),
        seed,
        (int) position & 3);
  }

  /** A float in [0, 1) in steps of 2^-24. */
  public float uniform(long position) {
    return (word(position) >>> 8) * 0x1p-24f;
  }

  /**
   * A whole number in [0, bound), without bias: words that would favour small numbers are passed
   * over (Lemire 2019).
   *
   * @param position each takes a block of four words of its own, so positions never meet
   */
  public int below(int bound, long position) {
    if (bound < 1) {
      throw new IllegalArgumentException("random: bound " + bound + " must be positive");
    }
    int threshold = Integer.remainderUnsigned(-bound, bound);
    for (int attempt = 0; ; attempt++) {
      // attempts past the block's four words continue far away from every position in use
      int word =
          word(
              (int) position + (attempt >>> 2) * 0x9E3779B1,
              purpose,
              (int) stream,
              (int) (stream >>> 32),
              seed,
              attempt & 3);
      long product = (word & 0xFFFFFFFFL) * bound;
      if (Integer.compareUnsigned((int) product, threshold) >= 0) {
        return (int) (product >>> 32);
      }
    }
  }

  /** One word of the block at a counter (c0, c1, c2, c3) under a key. */
  static int word(int c0, int c1, int c2, int c3, long key, int lane) {
    int k0 = (int) key;
    int k1 = (int) (key >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (MULTIPLIER_0 & 0xFFFFFFFFL) * (c0 & 0xFFFFFFFFL);
      long product1 = (MULTIPLIER_1 & 0xFFFFFFFFL) * (c2 & 0xFFFFFFFFL);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    return switch (lane) {
      case 0 -> c0;
      case 1 -> c1;
      case 2 -> c2;
      default -> c3;
    };
  }
}
