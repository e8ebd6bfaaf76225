package org.wardlock.tensor.cpu;

/**
 * A batch of matrices in one array, with any strides: element (row, column) of matrix i is {@code
 * data[offset + i * batchStride + row * rowStride + column * columnStride]}. A transpose is an
 * exchange of strides; a batch stride of 0 repeats one matrix.
 *
 * @param offset of the first element of the first matrix
 * @param kept where panels of these matrices may be kept from one product to the next
 */
public record MatrixBatch(
    float[] data, int offset, int batchStride, int rowStride, int columnStride, PanelCache kept) {

  /** Matrices whose panels are packed anew for every product. */
  public MatrixBatch(float[] data, int offset, int batchStride, int rowStride, int columnStride) {
    this(data, offset, batchStride, rowStride, columnStride, PanelCache.NONE);
  }

  /** One row-major matrix from {@code offset} on. */
  public static MatrixBatch rowMajor(float[] data, int offset, int columns) {
    return new MatrixBatch(data, offset, 0, columns, 1);
  }
}
