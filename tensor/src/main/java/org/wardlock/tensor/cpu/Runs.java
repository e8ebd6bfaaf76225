package org.wardlock.tensor.cpu;

/** Copies evenly spaced elements between arrays of one type. */
final class Runs {
  private Runs() {}

  /** {@code out[outAt + i * outStep] = x[xAt + i * xStep]} for i less than length. */
  static void copy(Object x, int xAt, int xStep, Object out, int outAt, int outStep, int length) {
    if (xStep == 1 && outStep == 1) {
      System.arraycopy(x, xAt, out, outAt, length);
      return;
    }
    switch (ElementKind.of(x)) {
      case FLOAT -> copy((float[]) x, xAt, xStep, (float[]) out, outAt, outStep, length);
      case INT -> copy((int[]) x, xAt, xStep, (int[]) out, outAt, outStep, length);
      case SHORT -> copy((short[]) x, xAt, xStep, (short[]) out, outAt, outStep, length);
      case BYTE -> copy((byte[]) x, xAt, xStep, (byte[]) out, outAt, outStep, length);
      case LONG -> copy((long[]) x, xAt, xStep, (long[]) out, outAt, outStep, length);
    }
  }

  private static void copy(
      float[] x, int xAt, int xStep, float[] out, int outAt, int outStep, int length) {
    if (outStep == 1) {
      gather(x, xAt, xStep, out, outAt, length);
      return;
    }
    for (int i = 0; i < length; i++) {
      out[outAt + i * outStep] = x[xAt + i * xStep];
    }
  }

  /** {@code out[outAt + i] = x[xAt + i * step]}. */
  static void gather(float[] x, int xAt, int step, float[] out, int outAt, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i] = x[xAt + i * step];
    }
  }

  private static void copy(
      int[] x, int xAt, int xStep, int[] out, int outAt, int outStep, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i * outStep] = x[xAt + i * xStep];
    }
  }

  private static void copy(
      short[] x, int xAt, int xStep, short[] out, int outAt, int outStep, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i * outStep] = x[xAt + i * xStep];
    }
  }

  private static void copy(
      byte[] x, int xAt, int xStep, byte[] out, int outAt, int outStep, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i * outStep] = x[xAt + i * xStep];
    }
  }

  private static void copy(
      long[] x, int xAt, int xStep, long[] out, int outAt, int outStep, int length) {
    for (int i = 0; i < length; i++) {
      out[outAt + i * outStep] = x[xAt + i * xStep];
    }
  }
}
