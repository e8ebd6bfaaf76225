package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.UnaryOp;

/**
 * Functions of one float without the Vector API: a method an operation, so C2 sees one at a time.
 */
public final class ScalarMath implements MathKernel {
  @Override
  public void unary(UnaryOp op, float[] x, int xOffset, float[] out, int outOffset, int length) {
    // In place: C2 makes vector code of a loop only if it reads and writes at one index.
    System.arraycopy(x, xOffset, out, outOffset, length);
    int end = outOffset + length;
    switch (op) {
      case NEGATE -> negate(out, outOffset, end);
      case ABS -> abs(out, outOffset, end);
      case SIGN -> sign(out, outOffset, end);
      case FLOOR -> floor(out, outOffset, end);
      case ROUND -> round(out, outOffset, end);
      case SQUARE -> square(out, outOffset, end);
      case SQRT -> sqrt(out, outOffset, end);
      case RECIPROCAL -> reciprocal(out, outOffset, end);
      case EXP -> exp(out, outOffset, end);
      case LOG -> log(out, outOffset, end);
      case TANH -> tanh(out, outOffset, end);
      case ERF -> erf(out, outOffset, end);
      case SIGMOID -> sigmoid(out, outOffset, end);
      case RELU -> relu(out, outOffset, end);
      case GELU -> gelu(out, outOffset, end);
    }
  }

  private static void negate(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = -values[i];
    }
  }

  private static void abs(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = Math.abs(values[i]);
    }
  }

  private static void sign(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = Math.signum(values[i]);
    }
  }

  private static void floor(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = (float) Math.floor(values[i]);
    }
  }

  private static void round(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = (float) Math.rint(values[i]);
    }
  }

  private static void square(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = values[i] * values[i];
    }
  }

  private static void sqrt(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = (float) Math.sqrt(values[i]);
    }
  }

  private static void reciprocal(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = 1f / values[i];
    }
  }

  private static void exp(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = Elementary.exp(values[i]);
    }
  }

  private static void log(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = Elementary.log(values[i]);
    }
  }

  private static void tanh(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = Elementary.tanh(values[i]);
    }
  }

  private static void erf(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = Elementary.erf(values[i]);
    }
  }

  private static void sigmoid(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = Elementary.sigmoid(values[i]);
    }
  }

  private static void relu(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = Math.max(values[i], 0f);
    }
  }

  private static void gelu(float[] values, int from, int to) {
    for (int i = from; i < to; i++) {
      values[i] = Elementary.gelu(values[i]);
    }
  }

  @Override
  public void unaryGradient(
      UnaryOp op,
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int length) {
    ScalarMathGradients.run(op, saved, savedOffset, g, gOffset, out, outOffset, length);
  }
}
