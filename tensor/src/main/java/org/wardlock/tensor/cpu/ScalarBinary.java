package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.BinaryOp;

/** Arithmetic over rows without the Vector API: in {@link Pieces}, and a method an operation. */
public final class ScalarBinary implements BinaryKernel {
  @Override
  public void binary(
      BinaryOp op,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int length) {
    float[][] pieces = Pieces.arrays();
    float[] as = pieces[0];
    float[] bs = pieces[1];
    float[] outs = pieces[2];
    for (int done = 0; done < length; done += Pieces.SIZE) {
      int count = Math.min(Pieces.SIZE, length - done);
      Pieces.take(a, aOffset + done * aStep, aStep, as, count);
      Pieces.take(b, bOffset + done * bStep, bStep, bs, count);
      switch (op) {
        case ADD -> add(as, bs, outs, count);
        case SUBTRACT -> subtract(as, bs, outs, count);
        case MULTIPLY -> multiply(as, bs, outs, count);
        case DIVIDE -> divide(as, bs, outs, count);
        case MINIMUM -> minimum(as, bs, outs, count);
        case MAXIMUM -> maximum(as, bs, outs, count);
        case LESS -> less(as, bs, outs, count);
        case LESS_OR_EQUAL -> lessOrEqual(as, bs, outs, count);
        case EQUAL -> equal(as, bs, outs, count);
      }
      System.arraycopy(outs, 0, out, outOffset + done, count);
    }
  }

  private static void add(float[] a, float[] b, float[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = a[i] + b[i];
    }
  }

  private static void subtract(float[] a, float[] b, float[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = a[i] - b[i];
    }
  }

  private static void multiply(float[] a, float[] b, float[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = a[i] * b[i];
    }
  }

  private static void divide(float[] a, float[] b, float[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = a[i] / b[i];
    }
  }

  private static void minimum(float[] a, float[] b, float[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = Math.min(a[i], b[i]);
    }
  }

  private static void maximum(float[] a, float[] b, float[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = Math.max(a[i], b[i]);
    }
  }

  private static void less(float[] a, float[] b, float[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = a[i] < b[i] ? 1f : 0f;
    }
  }

  private static void lessOrEqual(float[] a, float[] b, float[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = a[i] <= b[i] ? 1f : 0f;
    }
  }

  private static void equal(float[] a, float[] b, float[] out, int length) {
    for (int i = 0; i < length; i++) {
      out[i] = a[i] == b[i] ? 1f : 0f;
    }
  }

  @Override
  public void multiplyAdd(
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] c,
      int cOffset,
      int cStep,
      float[] out,
      int outOffset,
      int length) {
    float[][] pieces = Pieces.arrays();
    float[] as = pieces[0];
    float[] bs = pieces[1];
    float[] cs = pieces[2];
    for (int done = 0; done < length; done += Pieces.SIZE) {
      int count = Math.min(Pieces.SIZE, length - done);
      Pieces.take(a, aOffset + done * aStep, aStep, as, count);
      Pieces.take(b, bOffset + done * bStep, bStep, bs, count);
      Pieces.take(c, cOffset + done * cStep, cStep, cs, count);
      multiplyAdd(as, bs, cs, count);
      System.arraycopy(cs, 0, out, outOffset + done, count);
    }
  }

  private static void multiplyAdd(float[] a, float[] b, float[] sum, int length) {
    for (int i = 0; i < length; i++) {
      sum[i] = Fma.fma(a[i], b[i], sum[i]);
    }
  }

  @Override
  public void where(
      float[] condition,
      int conditionOffset,
      int conditionStep,
      float[] a,
      int aOffset,
      int aStep,
      float[] b,
      int bOffset,
      int bStep,
      float[] out,
      int outOffset,
      int length) {
    for (int i = 0; i < length; i++) {
      boolean first = condition[conditionOffset + i * conditionStep] != 0f;
      out[outOffset + i] = first ? a[aOffset + i * aStep] : b[bOffset + i * bStep];
    }
  }

  @Override
  public void affine(
      float[] x, int xOffset, float scale, float shift, float[] out, int outOffset, int length) {
    System.arraycopy(x, xOffset, out, outOffset, length);
    for (int i = outOffset; i < outOffset + length; i++) {
      out[i] = Fma.fma(scale, out[i], shift);
    }
  }

  @Override
  public void clamp(
      float[] x, int xOffset, float low, float high, float[] out, int outOffset, int length) {
    System.arraycopy(x, xOffset, out, outOffset, length);
    for (int i = outOffset; i < outOffset + length; i++) {
      out[i] = Math.min(Math.max(out[i], low), high);
    }
  }
}
