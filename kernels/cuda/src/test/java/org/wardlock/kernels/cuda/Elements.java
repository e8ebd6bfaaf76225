package org.wardlock.kernels.cuda;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Operands of float32 or bf16 and their numbers, for tests. */
final class Elements {
  private Elements() {}

  /** Random numbers in a storage, seen through a layout; between -1 and 1. */
  static Operand random(Backend backend, DType dtype, Random random, Layout layout, long size) {
    var operand = new Operand(backend.allocate(dtype, size), layout);
    float[] values = new float[Math.toIntExact(size)];
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextFloat() * 2 - 1;
    }
    write(backend, operand, values);
    return operand;
  }

  static Operand random(Backend backend, DType dtype, Random random, int... extents) {
    Shape shape = Shape.of(extents);
    return random(backend, dtype, random, Layout.contiguous(shape), shape.count());
  }

  /** Contiguous and unwritten. */
  static Operand empty(Backend backend, DType dtype, int... extents) {
    Shape shape = Shape.of(extents);
    return new Operand(backend.allocate(dtype, shape.count()), Layout.contiguous(shape));
  }

  private static void write(Backend backend, Operand operand, float... values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment =
          arena.allocate((long) values.length * operand.dtype().bytes(), Float.BYTES);
      for (int i = 0; i < values.length; i++) {
        if (operand.dtype() == DType.BF16) {
          segment.setAtIndex(ValueLayout.JAVA_SHORT, i, toBf16(values[i]));
        } else {
          segment.setAtIndex(ValueLayout.JAVA_FLOAT, i, values[i]);
        }
      }
      backend.upload(segment, operand.storage(), 0);
    }
  }

  /** The elements of the view in row-major order. */
  static double[] read(Backend backend, Operand operand) {
    Layout layout = operand.layout();
    long size = operand.storage().size();
    double[] values = new double[Math.toIntExact(layout.shape().count())];
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment segment = arena.allocate(size * operand.dtype().bytes(), Float.BYTES);
      backend.download(operand.storage(), 0, segment);
      for (int i = 0; i < values.length; i++) {
        long position = position(layout, i);
        values[i] =
            operand.dtype() == DType.BF16
                ? Float.intBitsToFloat(segment.getAtIndex(ValueLayout.JAVA_SHORT, position) << 16)
                : segment.getAtIndex(ValueLayout.JAVA_FLOAT, position);
      }
    }
    return values;
  }

  private static long position(Layout layout, int index) {
    long position = layout.offset();
    int left = index;
    for (int axis = layout.shape().rank() - 1; axis >= 0; axis--) {
      int extent = layout.shape().extent(axis);
      position += left % extent * layout.stride(axis);
      left /= extent;
    }
    return position;
  }

  private static short toBf16(float x) {
    int bits = Float.floatToRawIntBits(x);
    return (short) (bits + 0x7FFF + (bits >>> 16 & 1) >>> 16);
  }
}
