package org.wardlock.tensor.cpu;

import java.util.Random;
import java.util.stream.IntStream;

/** Rows to test kernels on. */
final class RowSamples {
  /** Around the 16 lanes of a vector and of a sum. */
  static final int[] LENGTHS = {0, 1, 15, 16, 17, 33, 1003};

  /** Where what to leave alone, before and behind a row, stays recognisable. */
  static final float UNTOUCHED = -7.25f;

  private static final float[] SPECIAL = {
    0f,
    -0f,
    1f,
    -1f,
    Float.NaN,
    Float.POSITIVE_INFINITY,
    Float.NEGATIVE_INFINITY,
    Float.MIN_VALUE,
    -Float.MIN_VALUE,
    Float.MIN_NORMAL,
    Float.MAX_VALUE,
    -Float.MAX_VALUE,
    88.72284f,
    -103.97f,
    0.5f,
    -2.5f
  };

  private RowSamples() {}

  /** Any floats at all: a third of random bits, a third of moderate size, a third special. */
  static float[] anything(int length, long seed) {
    var random = new Random(seed);
    float[] row = new float[length];
    for (int i = 0; i < length; i++) {
      row[i] =
          switch (random.nextInt(3)) {
            case 0 -> Float.intBitsToFloat(random.nextInt());
            case 1 -> (float) (random.nextGaussian() * 4);
            default -> SPECIAL[random.nextInt(SPECIAL.length)];
          };
    }
    return row;
  }

  /** Normal numbers. */
  static float[] normal(int length, long seed) {
    var random = new Random(seed);
    float[] row = new float[length];
    for (int i = 0; i < length; i++) {
      row[i] = (float) random.nextGaussian();
    }
    return row;
  }

  /** One in {@code step} of all floats, in the order of their bits. */
  static float[] everyFloat(int step) {
    return toFloats(
        IntStream.range(0, (int) ((1L << 32) / step)).map(i -> (int) ((long) i * step)).toArray());
  }

  private static float[] toFloats(int[] bits) {
    float[] floats = new float[bits.length];
    for (int i = 0; i < bits.length; i++) {
      floats[i] = Float.intBitsToFloat(bits[i]);
    }
    return floats;
  }
}
