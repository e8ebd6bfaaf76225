package org.wardlock.tensor.cpu;

import java.util.Arrays;
import org.wardlock.tensor.spi.UnaryOp;

/** Functions of one float without the Vector API. */
public final class ScalarMath implements MathKernel {
  @Override
  public void unary(UnaryOp op, float[] x, int xOffset, float[] out, int outOffset, int length) {
    // In place: C2 makes vector code of a loop only if it reads and writes at one index.
    System.arraycopy(x, xOffset, out, outOffset, length);
    apply(op, out, outOffset, outOffset + length);
  }

  /** One loop an operation: the switch stays outside, and C2 sees what each loop does. */
  private static void apply(UnaryOp op, float[] values, int from, int to) {
    switch (op) {
      case NEGATE -> {
        for (int i = from; i < to; i++) {
          values[i] = -values[i];
        }
      }
      case ABS -> {
        for (int i = from; i < to; i++) {
          values[i] = Math.abs(values[i]);
        }
      }
      case SIGN -> {
        for (int i = from; i < to; i++) {
          values[i] = Math.signum(values[i]);
        }
      }
      case FLOOR -> {
        for (int i = from; i < to; i++) {
          values[i] = (float) Math.floor(values[i]);
        }
      }
      case ROUND -> {
        for (int i = from; i < to; i++) {
          values[i] = (float) Math.rint(values[i]);
        }
      }
      case SQUARE -> {
        for (int i = from; i < to; i++) {
          values[i] = values[i] * values[i];
        }
      }
      case SQRT -> {
        for (int i = from; i < to; i++) {
          values[i] = (float) Math.sqrt(values[i]);
        }
      }
      case RECIPROCAL -> {
        for (int i = from; i < to; i++) {
          values[i] = 1f / values[i];
        }
      }
      case EXP -> {
        for (int i = from; i < to; i++) {
          values[i] = Elementary.exp(values[i]);
        }
      }
      case LOG -> {
        for (int i = from; i < to; i++) {
          values[i] = Elementary.log(values[i]);
        }
      }
      case TANH -> {
        for (int i = from; i < to; i++) {
          values[i] = Elementary.tanh(values[i]);
        }
      }
      case ERF -> {
        for (int i = from; i < to; i++) {
          values[i] = Elementary.erf(values[i]);
        }
      }
      case SIGMOID -> {
        for (int i = from; i < to; i++) {
          values[i] = Elementary.sigmoid(values[i]);
        }
      }
      case RELU -> {
        for (int i = from; i < to; i++) {
          values[i] = Math.max(values[i], 0f);
        }
      }
      case GELU -> {
        for (int i = from; i < to; i++) {
          values[i] = Elementary.gelu(values[i]);
        }
      }
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
    switch (op) {
      case NEGATE -> unary(UnaryOp.NEGATE, g, gOffset, out, outOffset, length);
      case SIGN, FLOOR, ROUND -> Arrays.fill(out, outOffset, outOffset + length, 0f);
      case ABS -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = g[gOffset + i] * Math.signum(saved[savedOffset + i]);
        }
      }
      case SQUARE -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = g[gOffset + i] * (saved[savedOffset + i] + saved[savedOffset + i]);
        }
      }
      case SQRT -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = g[gOffset + i] / (saved[savedOffset + i] + saved[savedOffset + i]);
        }
      }
      case RECIPROCAL -> {
        for (int i = 0; i < length; i++) {
          float y = saved[savedOffset + i];
          out[outOffset + i] = g[gOffset + i] * -(y * y);
        }
      }
      case EXP -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = g[gOffset + i] * saved[savedOffset + i];
        }
      }
      case LOG -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = g[gOffset + i] / saved[savedOffset + i];
        }
      }
      case TANH -> {
        for (int i = 0; i < length; i++) {
          float y = saved[savedOffset + i];
          out[outOffset + i] = g[gOffset + i] * Fma.fma(-y, y, 1f);
        }
      }
      case SIGMOID -> {
        for (int i = 0; i < length; i++) {
          float y = saved[savedOffset + i];
          out[outOffset + i] = g[gOffset + i] * Fma.fma(-y, y, y);
        }
      }
      case RELU -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = saved[savedOffset + i] > 0f ? g[gOffset + i] : 0f;
        }
      }
      case ERF -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = g[gOffset + i] * Elementary.erfDerivative(saved[savedOffset + i]);
        }
      }
      case GELU -> {
        for (int i = 0; i < length; i++) {
          out[outOffset + i] = g[gOffset + i] * Elementary.geluDerivative(saved[savedOffset + i]);
        }
      }
    }
  }
}
