package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Distribution;

/** Random numbers without the Vector API. */
public final class ScalarRandom implements RandomKernel {
  /** The multipliers and key increments of Philox4x32 (Salmon et al. 2011), and its rounds. */
  public static final int MULTIPLIER_0 = 0xD2511F53;

  public static final int MULTIPLIER_1 = 0xCD9E8D57;
  public static final int WEYL_0 = 0x9E3779B9;
  public static final int WEYL_1 = 0xBB67AE85;
  public static final int ROUNDS = 10;

  private static final long LOW_32 = 0xFFFFFFFFL;

  @Override
  public void fill(
      Distribution distribution,
      long seed,
      int purpose,
      long stream,
      long position,
      float[] out,
      int outOffset,
      int length) {
    float[] block = new float[4];
    int done = 0;
    while (done < length) {
      uniformBlock(seed, (int) (position + done >>> 2), purpose, stream, block);
      if (distribution == Distribution.NORMAL) {
        makeNormal(block, 0);
        makeNormal(block, 2);
      }
      int from = (int) (position + done) & 3;
      int count = Math.min(4 - from, length - done);
      System.arraycopy(block, from, out, outOffset + done, count);
      done += count;
    }
  }

  private static void uniformBlock(
      long seed, int counter, int purpose, long stream, float[] block) {
    int c0 = counter;
    int c1 = purpose;
    int c2 = (int) stream;
    int c3 = (int) (stream >>> 32);
    int k0 = (int) seed;
    int k1 = (int) (seed >>> 32);
    for (int round = 0; round < ROUNDS; round++) {
      long product0 = (MULTIPLIER_0 & LOW_32) * (c0 & LOW_32);
      long product1 = (MULTIPLIER_1 & LOW_32) * (c2 & LOW_32);
      c0 = (int) (product1 >>> 32) ^ c1 ^ k0;
      c1 = (int) product1;
      c2 = (int) (product0 >>> 32) ^ c3 ^ k1;
      c3 = (int) product0;
      k0 += WEYL_0;
      k1 += WEYL_1;
    }
    block[0] = uniform(c0);
    block[1] = uniform(c1);
    block[2] = uniform(c2);
    block[3] = uniform(c3);
  }

  private static float uniform(int word) {
    return (word >>> 8) * 0x1p-24f;
  }

  /** Box and Muller (1958): two uniform numbers become two normal ones. */
  private static void makeNormal(float[] pair, int at) {
    float radius = (float) Math.sqrt(-2f * Elementary.logOfNormal(1f - pair[at], 0f));
    float turns = pair[at + 1];
    pair[at] = radius * Elementary.cosOfTurns(turns);
    pair[at + 1] = radius * Elementary.sinOfTurns(turns);
  }
}
