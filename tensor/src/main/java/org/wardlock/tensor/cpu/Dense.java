package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** An operand's elements in row-major order without gaps: its own memory, or a pooled copy. */
final class Dense implements AutoCloseable {
  private final Object array;
  private final int offset;
  private final CpuContext context;
  private final boolean copied;

  private Dense(Object array, int offset, CpuContext context, boolean copied) {
    this.array = array;
    this.offset = offset;
    this.context = context;
    this.copied = copied;
  }

  /** Copies only what is strided. */
  static Dense of(Operand operand, CpuContext context) {
    Object array = array(operand);
    Layout layout = operand.layout();
    if (layout.isContiguous()) {
      return new Dense(array, offset(operand), context, false);
    }
    Object copy = context.pool().take(operand.dtype(), Math.toIntExact(layout.shape().count()));
    StridedCopy.copy(array, layout, copy, Layout.contiguous(layout.shape()), context);
    return new Dense(copy, 0, context, true);
  }

  /** The array an operand lies in. */
  static Object array(Operand operand) {
    return ((CpuStorage) operand.storage()).array();
  }

  /** The array a float operand lies in. */
  static float[] floats(Operand operand) {
    return (float[]) array(operand);
  }

  /** Where an operand's first element is. */
  static int offset(Operand operand) {
    return Math.toIntExact(operand.layout().offset());
  }

  /** A contiguous float operand. */
  static FloatSlice slice(Operand operand) {
    return new FloatSlice(floats(operand), offset(operand));
  }

  Object array() {
    return array;
  }

  float[] floats() {
    return (float[]) array;
  }

  int offset() {
    return offset;
  }

  FloatSlice slice() {
    return new FloatSlice(floats(), offset);
  }

  @Override
  public void close() {
    if (copied) {
      context.pool().release(array);
    }
  }
}
