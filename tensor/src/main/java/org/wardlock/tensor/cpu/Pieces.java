package org.wardlock.tensor.cpu;

import java.util.Arrays;

/**
 * Rows cut into pieces that lie at the front of arrays of their own. C2 of JDK 25 makes vector code
 * of a loop only if it reads and writes all arrays at one index; copies within the first-level
 * cache cost less than what that gains.
 */
final class Pieces {
  /** Values of a piece, at most. */
  static final int SIZE = 512;

  private Pieces() {}

  /** An array for pieces of a row. */
  static float[] of(int length) {
    return new float[Math.min(length, SIZE)];
  }

  /**
   * Copies values to the front of a piece.
   *
   * @param step 1, or 0 to repeat the value at the offset
   */
  static void take(float[] x, int offset, int step, float[] piece, int length) {
    if (step == 0) {
      Arrays.fill(piece, 0, length, x[offset]);
    } else {
      System.arraycopy(x, offset, piece, 0, length);
    }
  }
}
