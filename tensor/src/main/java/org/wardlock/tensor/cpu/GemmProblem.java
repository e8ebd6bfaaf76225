package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Epilogue;

/**
 * A batched matrix product {@code c[i] = finish(a[i] b[i])}. If c has batch stride 0 and the batch
 * more than one entry, the products are added up in order of the batch: {@code c = finish(a[0] b[0]
 * + a[1] b[1] + ...)}.
 *
 * @param batch number of products
 * @param rows of a and c
 * @param columns of b and c
 * @param inner columns of a, rows of b
 * @param a (rows, inner), any strides
 * @param b (inner, columns), any strides
 * @param c (rows, columns), column stride 1; overlaps neither a nor b
 */
public record GemmProblem(
    int batch,
    int rows,
    int columns,
    int inner,
    MatrixBatch a,
    MatrixBatch b,
    MatrixBatch c,
    GemmFinish finish) {

  /**
   * Checks what would otherwise end in wrong values.
   *
   * @throws IllegalArgumentException if an extent is negative or the columns of c are not
   *     neighbours
   */
  public GemmProblem {
    if (batch < 0 || rows < 0 || columns < 0 || inner < 0) {
      throw new IllegalArgumentException(
          "gemm: extents batch %d, rows %d, columns %d, inner %d: none may be negative"
              .formatted(batch, rows, columns, inner));
    }
    if (c.columnStride() != 1 && columns > 1) {
      throw new IllegalArgumentException(
          "gemm: column stride of c is " + c.columnStride() + ", must be 1");
    }
  }

  /** Whether there is nothing to write. */
  boolean isEmpty() {
    return batch == 0 || rows == 0 || columns == 0;
  }

  /** Whether the products of the batch are added up. */
  boolean sumsBatch() {
    return batch > 1 && c.batchStride() == 0;
  }

  /**
   * The same product with the batch joined to the rows, where b is shared and a and c are laid out
   * so.
   */
  GemmProblem joined() {
    boolean joins =
        batch > 1
            && !sumsBatch()
            && b.batchStride() == 0
            && a.batchStride() == rows * a.rowStride()
            && c.batchStride() == rows * c.rowStride()
            && !biasAlongRows();
    return joins ? new GemmProblem(1, batch * rows, columns, inner, a, b, c, finish) : this;
  }

  private boolean biasAlongRows() {
    return finish instanceof GemmFinish.Bias bias && bias.along() == Epilogue.Along.ROWS;
  }
}
