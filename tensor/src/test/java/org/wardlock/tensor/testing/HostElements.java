package org.wardlock.tensor.testing;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wardlock.tensor.DType;

/** Numbers as the bytes that backends take and give. */
final class HostElements {
  private HostElements() {}

  /** Each value in the element type; what the type cannot hold is rounded. */
  static MemorySegment encode(DType dtype, double... values) {
    MemorySegment bytes = empty(dtype, values.length);
    for (int i = 0; i < values.length; i++) {
      double value = values[i];
      switch (dtype) {
        case F32 -> bytes.setAtIndex(ValueLayout.JAVA_FLOAT, i, (float) value);
        case F16 ->
            bytes.setAtIndex(ValueLayout.JAVA_SHORT, i, Float.floatToFloat16((float) value));
        case BF16 ->
            bytes.setAtIndex(
                ValueLayout.JAVA_SHORT, i, (short) (Float.floatToIntBits((float) value) >>> 16));
        case U8 -> bytes.set(ValueLayout.JAVA_BYTE, i, (byte) value);
        case I32 -> bytes.setAtIndex(ValueLayout.JAVA_INT, i, (int) value);
        case I64 -> bytes.setAtIndex(ValueLayout.JAVA_LONG, i, (long) value);
      }
    }
    return bytes;
  }

  static double[] decode(DType dtype, MemorySegment bytes) {
    double[] values = new double[(int) (bytes.byteSize() / dtype.bytes())];
    for (int i = 0; i < values.length; i++) {
      values[i] =
          switch (dtype) {
            case F32 -> bytes.getAtIndex(ValueLayout.JAVA_FLOAT, i);
            case F16 -> Float.float16ToFloat(bytes.getAtIndex(ValueLayout.JAVA_SHORT, i));
            case BF16 -> Float.intBitsToFloat(bytes.getAtIndex(ValueLayout.JAVA_SHORT, i) << 16);
            case U8 -> bytes.get(ValueLayout.JAVA_BYTE, i) & 0xFF;
            case I32 -> bytes.getAtIndex(ValueLayout.JAVA_INT, i);
            case I64 -> bytes.getAtIndex(ValueLayout.JAVA_LONG, i);
          };
    }
    return values;
  }

  /** Room for so many elements, aligned for every type. */
  static MemorySegment empty(DType dtype, int count) {
    int bytes = count * dtype.bytes();
    return MemorySegment.ofArray(new long[Math.ceilDiv(bytes, Long.BYTES)]).asSlice(0, bytes);
  }
}
