package org.wardlock.kernels.cuda.tensorcore;

import java.util.Optional;
import org.wardlock.kernels.source.KernelArguments;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/**
 * An operand of a product as it is copied to shared memory, 16 bytes at a time: one of its extents
 * lies contiguously, and everything else begins at multiples of 16 bytes.
 *
 * @param operand the operand
 * @param innerContiguous whether it is the summed extent that lies contiguously
 * @param entry the distance of its matrices, in elements
 * @param stride the distance of neighbours along the other extent, in elements
 */
record Matrix(Operand operand, boolean innerContiguous, int entry, int stride) {
  private static final int COPY_BYTES = 16;

  /** An operand of rank 3 with the summed extent at an axis; empty if it does not lie so. */
  static Optional<Matrix> of(Operand operand, int innerAxis) {
    int outerAxis = 3 - innerAxis;
    Layout layout = operand.layout();
    boolean inner = isContiguous(layout, innerAxis);
    boolean outer = isContiguous(layout, outerAxis);
    int size = operand.dtype().bytes();
    boolean startsFit =
        layout.offset() * size % COPY_BYTES == 0 && distance(layout, 0) * size % COPY_BYTES == 0;
    if (startsFit && inner && distance(layout, outerAxis) * size % COPY_BYTES == 0) {
      return Optional.of(matrix(operand, true, outerAxis));
    }
    if (startsFit && outer && distance(layout, innerAxis) * size % COPY_BYTES == 0) {
      return Optional.of(matrix(operand, false, innerAxis));
    }
    return Optional.empty();
  }

  /** A layout of a shape of rank 3 that fits, with gaps behind its rows. */
  static Layout gapped(Shape shape, int elementBytes) {
    int copied = COPY_BYTES / elementBytes;
    long row = Math.ceilDiv(shape.extent(2), copied) * (long) copied;
    return Layout.of(shape, new long[] {row * shape.extent(1), row, 1}, 0);
  }

  private static Matrix matrix(Operand operand, boolean innerContiguous, int other) {
    Layout layout = operand.layout();
    return new Matrix(
        operand,
        innerContiguous,
        Math.toIntExact(distance(layout, 0)),
        Math.toIntExact(distance(layout, other)));
  }

  private static boolean isContiguous(Layout layout, int axis) {
    return layout.stride(axis) == 1 || layout.shape().extent(axis) == 1;
  }

  /** A stride that is used. */
  private static long distance(Layout layout, int axis) {
    return layout.shape().extent(axis) == 1 ? 0 : layout.stride(axis);
  }

  void addTo(KernelArguments arguments) {
    arguments.dense(operand).number(entry).number(stride);
  }
}
