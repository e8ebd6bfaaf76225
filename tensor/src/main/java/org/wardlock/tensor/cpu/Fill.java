package org.wardlock.tensor.cpu;

import java.util.Arrays;
import org.wardlock.tensor.spi.Operand;

/** Sets every element of an operand. */
final class Fill {
  private Fill() {}

  /** Sets elements of any type and strides but 0. */
  static void fill(Operand out, double value, KernelContext context) {
    if (out.shape().count() == 0) {
      return;
    }
    Object array = Dense.array(out);
    // In an array of one element the value takes the form of the type.
    Object one = ElementKind.of(out.dtype()).allocate(1);
    Conversion.fromDoubles(new double[] {value}, 0, one, out.dtype(), 0, 1);
    Walk walk = Walk.of(out.layout());
    int step = walk.step(0);
    if (walk.runs() == 1) {
      int at = walk.at(0).offset(0);
      Chunks.run(
          context,
          walk.length(),
          1,
          (start, end) -> fill(array, at + start * step, step, end - start, one));
      return;
    }
    Chunks.run(
        context,
        walk.runs(),
        walk.length(),
        (start, end) -> {
          Walk.Cursor cursor = walk.at(start);
          for (int run = start; run < end; run++, cursor.next()) {
            fill(array, cursor.offset(0), step, walk.length(), one);
          }
        });
  }

  private static void fill(Object array, int at, int step, int length, Object one) {
    if (step != 1) {
      for (int i = 0; i < length; i++) {
        System.arraycopy(one, 0, array, at + i * step, 1);
      }
      return;
    }
    int end = at + length;
    switch (array) {
      case float[] values -> Arrays.fill(values, at, end, ((float[]) one)[0]);
      case short[] values -> Arrays.fill(values, at, end, ((short[]) one)[0]);
      case byte[] values -> Arrays.fill(values, at, end, ((byte[]) one)[0]);
      case int[] values -> Arrays.fill(values, at, end, ((int[]) one)[0]);
      case long[] values -> Arrays.fill(values, at, end, ((long[]) one)[0]);
      default -> throw new IllegalArgumentException(array.getClass() + " holds no elements");
    }
  }
}
