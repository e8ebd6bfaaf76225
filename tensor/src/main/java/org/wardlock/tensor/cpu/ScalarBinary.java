package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.BinaryOp;

/** Arithmetic over rows without the Vector API. */
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
    // One loop an operation: the switch stays outside, and C2 sees what each loop does.
    switch (op) {
      case ADD -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = a[aOffset + i * aStep] + b[bOffset + i * bStep];
        }
      }
      case SUBTRACT -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = a[aOffset + i * aStep] - b[bOffset + i * bStep];
        }
      }
      case MULTIPLY -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = a[aOffset + i * aStep] * b[bOffset + i * bStep];
        }
      }
      case DIVIDE -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = a[aOffset + i * aStep] / b[bOffset + i * bStep];
        }
      }
      case MINIMUM -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = Math.min(a[aOffset + i * aStep], b[bOffset + i * bStep]);
        }
      }
      case MAXIMUM -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = Math.max(a[aOffset + i * aStep], b[bOffset + i * bStep]);
        }
      }
      case LESS -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = a[aOffset + i * aStep] < b[bOffset + i * bStep] ? 1f : 0f;
        }
      }
      case LESS_OR_EQUAL -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = a[aOffset + i * aStep] <= b[bOffset + i * bStep] ? 1f : 0f;
        }
      }
      case EQUAL -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = a[aOffset + i * aStep] == b[bOffset + i * bStep] ? 1f : 0f;
        }
      }
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
    for (int i = 0; i < length; i++) {
      out[outOffset + i] =
          Fma.fma(a[aOffset + i * aStep], b[bOffset + i * bStep], c[cOffset + i * cStep]);
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
    // In place: C2 makes vector code of a loop only if it reads and writes at one index.
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
