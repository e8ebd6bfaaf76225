package org.wardlock.tensor.cpu;

import java.util.Arrays;

/**
 * Rows cut into pieces that lie at the front of arrays of their own. C2 of JDK 25 makes vector code
 * of a loop only if it reads and writes all arrays at one index; copies within the first-level
 * cache cost less than what that gains.
 *
 * <p>Each thread keeps its arrays, 6 KiB: kernels of rows run too often to allocate.
 */
final class Pieces {
  /** Values of a piece, at most. */
  static final int SIZE = 512;

  private static final int OPERANDS = 3;
  private static final ThreadLocal<float[][]> ARRAYS =
      ThreadLocal.withInitial(() -> new float[OPERANDS][SIZE]);

  private Pieces() {}

  /** This thread's arrays, one an operand; what runs until they are done with must not ask too. */
  static float[][] arrays() {
    return ARRAYS.get();
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
