package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Operand;

/** Walks several operands of one shape row by row along the innermost merged axis. */
final class Rows {
  interface Row {
    void run(int length, int[] offsets, int[] strides);
  }

  static void each(Row row, Operand... operands) {
    int count = operands.length;
    int rank = operands[0].shape().rank();
    int[] extents = new int[rank + 1];
    long[][] strides = new long[count][rank + 1];
    int merged = 0;
    for (int axis = 0; axis < rank; axis++) {
      int extent = operands[0].shape().extent(axis);
      if (extent == 0) {
        return;
      }
      if (extent == 1) {
        continue;
      }
      boolean fuses = merged > 0;
      for (int i = 0; i < count && fuses; i++) {
        fuses = strides[i][merged - 1] == operands[i].layout().stride(axis) * extent;
      }
      if (fuses) {
        extents[merged - 1] *= extent;
      } else {
        extents[merged++] = extent;
      }
      for (int i = 0; i < count; i++) {
        strides[i][merged - 1] = operands[i].layout().stride(axis);
      }
    }
    int[] offsets = new int[count];
    for (int i = 0; i < count; i++) {
      offsets[i] = (int) operands[i].layout().offset();
    }
    if (merged == 0) {
      row.run(1, offsets, new int[count]);
      return;
    }
    int[] inner = new int[count];
    for (int i = 0; i < count; i++) {
      inner[i] = (int) strides[i][merged - 1];
    }
    int[] index = new int[merged];
    while (true) {
      row.run(extents[merged - 1], offsets, inner);
      int axis = merged - 2;
      while (axis >= 0) {
        index[axis]++;
        for (int i = 0; i < count; i++) {
          offsets[i] += (int) strides[i][axis];
        }
        if (index[axis] < extents[axis]) {
          break;
        }
        for (int i = 0; i < count; i++) {
          offsets[i] -= (int) (strides[i][axis] * extents[axis]);
        }
        index[axis] = 0;
        axis--;
      }
      if (axis < 0) {
        return;
      }
    }
  }

  private Rows() {}
}
