package org.wardlock.tensor.cpu;

import java.util.Arrays;

/** Column operations without the Vector API. */
final class ScalarColumnOperations implements ColumnOperations {
  private static final int ROWS_IN_CHAIN = 16;

  @Override
  public void max(float[] block, int rows, int width, float[] out) {
    System.arraycopy(block, 0, out, 0, width);
    for (int row = 1; row < rows; row++) {
      for (int column = 0; column < width; column++) {
        out[column] = Math.max(out[column], block[row * width + column]);
      }
    }
  }

  @Override
  public void subtract(float[] block, int rows, int width, float[] row) {
    for (int i = 0; i < rows; i++) {
      for (int column = 0; column < width; column++) {
        block[i * width + column] -= row[column];
      }
    }
  }

  @Override
  public void sum(float[] block, int rows, int width, float[] out) {
    Arrays.fill(out, 0, width, 0f);
    for (int first = 0; first < rows; first += ROWS_IN_CHAIN) {
      int end = Math.min(rows, first + ROWS_IN_CHAIN);
      for (int column = 0; column < width; column++) {
        float chain = 0f;
        for (int row = first; row < end; row++) {
          chain += block[row * width + column];
        }
        out[column] += chain;
      }
    }
  }

  @Override
  public void softmaxGradient(float[] softmax, float[] gradient, int rows, int width, float[] row) {
    for (int i = 0; i < rows; i++) {
      for (int column = 0; column < width; column++) {
        int at = i * width + column;
        gradient[at] = softmax[at] * (gradient[at] - row[column]);
      }
    }
  }
}
