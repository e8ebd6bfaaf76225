package org.wardlock.tensor.cpu;

import org.wardlock.tensor.DType;

/**
 * Converts contiguous elements among types: to floats rounding to nearest even, to integers
 * truncating and clamped, NaN to 0.
 */
final class Conversion {
  private static final int BLOCK = 512;

  private Conversion() {}

  /** Converts {@code length} elements; the pairs that pictures and weights need have own loops. */
  static void convert(Object x, DType from, int xAt, Object out, DType to, int outAt, int length) {
    switch (x) {
      case byte[] bytes when to == DType.F32 ->
          bytesToFloats(bytes, xAt, (float[]) out, outAt, length);
      case short[] halves when from == DType.F16 && to == DType.F32 ->
          halvesToFloats(halves, xAt, (float[]) out, outAt, length);
      case short[] brains when from == DType.BF16 && to == DType.F32 ->
          brainsToFloats(brains, xAt, (float[]) out, outAt, length);
      case float[] floats when to == DType.BF16 ->
          floatsToBrains(floats, xAt, (short[]) out, outAt, length);
      case float[] floats when to == DType.F16 ->
          floatsToHalves(floats, xAt, (short[]) out, outAt, length);
      case int[] ints when to == DType.I64 -> widen(ints, xAt, (long[]) out, outAt, length);
      case long[] longs when to == DType.I32 -> narrow(longs, xAt, (int[]) out, outAt, length);
      case long[] longs when to == DType.F32 ->
          longsToFloats(longs, xAt, (float[]) out, outAt, length);
      default -> throughDouble(x, from, xAt, out, to, outAt, length);
    }
  }

  private static void bytesToFloats(byte[] x, int xAt, float[] out, int outAt, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i] = x[xAt + i] & 0xFF;
    }
  }

  private static void halvesToFloats(short[] x, int xAt, float[] out, int outAt, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i] = Float.float16ToFloat(x[xAt + i]);
    }
  }

  private static void floatsToHalves(float[] x, int xAt, short[] out, int outAt, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i] = Float.floatToFloat16(x[xAt + i]);
    }
  }

  private static void brainsToFloats(short[] x, int xAt, float[] out, int outAt, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i] = Float.intBitsToFloat(x[xAt + i] << 16);
    }
  }

  private static void floatsToBrains(float[] x, int xAt, short[] out, int outAt, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i] = toBrain(x[xAt + i]);
    }
  }

  private static short toBrain(float x) {
    int bits = Float.floatToIntBits(x);
    // Rounding could carry a NaN's payload away; the canonical one of floatToIntBits has none
    // there.
    return (short) ((bits + 0x7FFF + (bits >>> 16 & 1)) >>> 16);
  }

  private static void widen(int[] x, int xAt, long[] out, int outAt, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i] = x[xAt + i];
    }
  }

  private static void narrow(long[] x, int xAt, int[] out, int outAt, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i] = Math.clamp(x[xAt + i], Integer.MIN_VALUE, Integer.MAX_VALUE);
    }
  }

  private static void longsToFloats(long[] x, int xAt, float[] out, int outAt, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i] = x[xAt + i];
    }
  }

  private static void throughDouble(
      Object x, DType from, int xAt, Object out, DType to, int outAt, int length) {
    double[] block = new double[Math.min(BLOCK, length)];
    for (int done = 0; done < length; done += BLOCK) {
      int count = Math.min(BLOCK, length - done);
      toDoubles(x, from, xAt + done, block, count);
      fromDoubles(block, 0, out, to, outAt + done, count);
    }
  }

  private static void toDoubles(Object x, DType from, int at, double[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] =
          switch (from) {
            case F32 -> ((float[]) x)[at + i];
            case F16 -> Float.float16ToFloat(((short[]) x)[at + i]);
            case BF16 -> Float.intBitsToFloat(((short[]) x)[at + i] << 16);
            case U8 -> ((byte[]) x)[at + i] & 0xFF;
            case I32 -> ((int[]) x)[at + i];
            case I64 -> ((long[]) x)[at + i];
          };
    }
  }

  /** Writes doubles as elements of a type. */
  static void fromDoubles(double[] x, int at, Object out, DType to, int outAt, int length) {
    for (int i = 0; i < length; i++) {
      double value = x[at + i];
      switch (to) {
        case F32 -> ((float[]) out)[outAt + i] = (float) value;
        case F16 -> ((short[]) out)[outAt + i] = Float.floatToFloat16((float) value);
        case BF16 -> ((short[]) out)[outAt + i] = toBrain((float) value);
        case U8 -> ((byte[]) out)[outAt + i] = (byte) Math.clamp((long) value, 0, 255);
        case I32 -> ((int[]) out)[outAt + i] = (int) value;
        case I64 -> ((long[]) out)[outAt + i] = (long) value;
      }
    }
  }
}
