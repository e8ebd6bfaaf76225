package org.wardlock.kernels.source;

import org.wardlock.tensor.DType;

/** The bits of a number in an element type. */
final class ElementBits {
  private ElementBits() {}

  static long of(DType dtype, double value) {
    return switch (dtype) {
      case F32 -> Integer.toUnsignedLong(Float.floatToRawIntBits((float) value));
      case F16 -> Short.toUnsignedLong(Float.floatToFloat16((float) value));
      case BF16 -> brainFloat((float) value);
      case U8 -> Math.clamp((long) value, 0, 255);
      case I32 -> Integer.toUnsignedLong((int) value);
      case I64 -> (long) value;
    };
  }

  /** The upper half, rounded to nearest even. */
  private static long brainFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return bits >>> 16 | 0x40;
    }
    int lowestKept = bits >>> 16 & 1;
    return bits + 0x7FFF + lowestKept >>> 16;
  }
}
