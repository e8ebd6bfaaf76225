package org.wardlock.tensor.cpu;

/**
 * A batch of matrices in one array, with any strides: element (row, column) of matrix i is {@code
 * data[offset + i * batchStride + row * rowStride + column * columnStride]}. A transpose is an
 * exchange of strides; a batch stride of 0 repeats one matrix.
 *
 * @param offset of the first element of the first matrix
 */
public record MatrixBatch(
    float[] data, int offset, int batchStride, int rowStride, int columnStride) {

  /** One row-major matrix from {@code offset} on. */
  public static MatrixBatch rowMajor(float[] data, int offset, int columns) {
    return new MatrixBatch(data, offset, 0, columns, 1);
  }
}
