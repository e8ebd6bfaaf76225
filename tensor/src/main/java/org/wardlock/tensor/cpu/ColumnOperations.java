package org.wardlock.tensor.cpu;

/**
 * Operations on each column of a block by itself. Rows of the block lie {@code width} apart and are
 * all computed; {@code width} is a multiple of 16.
 */
public interface ColumnOperations {
  /** {@code out[column] = } the largest value of the column, NaN if one is. */
  void max(float[] block, int rows, int width, float[] out);

  /** Subtracts {@code row} from every row of the block. */
  void subtract(float[] block, int rows, int width, float[] row);

  /**
   * {@code out[column] = } the sum of the column: chains of 16 rows, then of these sums, each from
   * 0.
   */
  void sum(float[] block, int rows, int width, float[] out);

  /**
   * {@code gradient = softmax * (gradient - row)}: what softmax passes on, row being its mean
   * gradient.
   */
  void softmaxGradient(float[] softmax, float[] gradient, int rows, int width, float[] row);
}
