package org.wardlock.tensor.cpu;

import java.util.Arrays;
import org.wardlock.tensor.spi.UnaryOp;

/** Gradients of functions of one float without the Vector API: in {@link Pieces}. */
final class ScalarMathGradients {
  private ScalarMathGradients() {}

  /** {@code out = g * op'(.)}. */
  static void run(
      UnaryOp op,
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int length) {
    boolean reads = op.gradientReads() != UnaryOp.Reads.NOTHING;
    float[][] pieces = Pieces.arrays();
    float[] piece = pieces[0];
    float[] savedPiece = pieces[1];
    for (int done = 0; done < length; done += Pieces.SIZE) {
      int count = Math.min(Pieces.SIZE, length - done);
      Pieces.take(g, gOffset + done, 1, piece, count);
      if (reads) {
        Pieces.take(saved, savedOffset + done, 1, savedPiece, count);
      }
      multiply(op, savedPiece, piece, count);
      System.arraycopy(piece, 0, out, outOffset + done, count);
    }
  }

  private static void multiply(UnaryOp op, float[] saved, float[] g, int length) {
    switch (op) {
      case NEGATE -> negate(g, length);
      case SIGN, FLOOR, ROUND -> Arrays.fill(g, 0, length, 0f);
      case ABS -> abs(saved, g, length);
      case SQUARE -> square(saved, g, length);
      case SQRT -> sqrt(saved, g, length);
      case RECIPROCAL -> reciprocal(saved, g, length);
      case EXP -> exp(saved, g, length);
      case LOG -> log(saved, g, length);
      case TANH -> tanh(saved, g, length);
      case ERF -> erf(saved, g, length);
      case SIGMOID -> sigmoid(saved, g, length);
      case RELU -> relu(saved, g, length);
      case GELU -> gelu(saved, g, length);
    }
  }

  private static void negate(float[] g, int length) {
    for (int i = 0; i < length; i++) {
      g[i] = -g[i];
    }
  }

  private static void abs(float[] saved, float[] g, int length) {
    for (int i = 0; i < length; i++) {
      g[i] *= Math.signum(saved[i]);
    }
  }

  private static void square(float[] saved, float[] g, int length) {
    for (int i = 0; i < length; i++) {
      float x = saved[i];
      g[i] *= x + x;
    }
  }

  private static void sqrt(float[] saved, float[] g, int length) {
    for (int i = 0; i < length; i++) {
      float y = saved[i];
      g[i] /= y + y;
    }
  }

  private static void reciprocal(float[] saved, float[] g, int length) {
    for (int i = 0; i < length; i++) {
      float y = saved[i];
      g[i] *= -(y * y);
    }
  }

  private static void exp(float[] saved, float[] g, int length) {
    for (int i = 0; i < length; i++) {
      g[i] *= saved[i];
    }
  }

  private static void log(float[] saved, float[] g, int length) {
    for (int i = 0; i < length; i++) {
      g[i] /= saved[i];
    }
  }

  private static void tanh(float[] saved, float[] g, int length) {
    for (int i = 0; i < length; i++) {
      float y = saved[i];
      g[i] *= Fma.fma(-y, y, 1f);
    }
  }

  private static void erf(float[] saved, float[] g, int length) {
    for (int i = 0; i < length; i++) {
      g[i] *= Elementary.erfDerivative(saved[i]);
    }
  }

  private static void sigmoid(float[] saved, float[] g, int length) {
    for (int i = 0; i < length; i++) {
      float y = saved[i];
      g[i] *= Fma.fma(-y, y, y);
    }
  }

  private static void relu(float[] saved, float[] g, int length) {
    for (int i = 0; i < length; i++) {
      g[i] = saved[i] > 0f ? g[i] : 0f;
    }
  }

  private static void gelu(float[] saved, float[] g, int length) {
    for (int i = 0; i < length; i++) {
      g[i] *= Elementary.geluDerivative(saved[i]);
    }
  }
}
