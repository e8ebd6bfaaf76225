package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.wardlock.tensor.cpu.MathKernel;
import org.wardlock.tensor.cpu.ScalarMath;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * Functions of one float by the Vector API. Each has a loop of its own, in a method of its own, so
 * that C2 sees one operation at a time; what is left of the last vector is the scalar twin's.
 */
public final class VectorMath implements MathKernel {
  private static final VectorSpecies<Float> SPECIES = VectorElementary.SPECIES;
  private static final int LANES = SPECIES.length();

  private final MathKernel scalar = new ScalarMath();

  @Override
  public void unary(UnaryOp op, float[] x, int xOffset, float[] out, int outOffset, int length) {
    int whole = SPECIES.loopBound(length);
    switch (op) {
      case NEGATE -> negate(x, xOffset, out, outOffset, whole);
      case ABS -> abs(x, xOffset, out, outOffset, whole);
      case SIGN -> sign(x, xOffset, out, outOffset, whole);
      case FLOOR -> floor(x, xOffset, out, outOffset, whole);
      case ROUND -> round(x, xOffset, out, outOffset, whole);
      case SQUARE -> square(x, xOffset, out, outOffset, whole);
      case SQRT -> sqrt(x, xOffset, out, outOffset, whole);
      case RECIPROCAL -> reciprocal(x, xOffset, out, outOffset, whole);
      case EXP -> exp(x, xOffset, out, outOffset, whole);
      case LOG -> log(x, xOffset, out, outOffset, whole);
      case TANH -> tanh(x, xOffset, out, outOffset, whole);
      case ERF -> erf(x, xOffset, out, outOffset, whole);
      case SIGMOID -> sigmoid(x, xOffset, out, outOffset, whole);
      case RELU -> relu(x, xOffset, out, outOffset, whole);
      case GELU -> gelu(x, xOffset, out, outOffset, whole);
    }
    scalar.unary(op, x, xOffset + whole, out, outOffset + whole, length - whole);
  }

  private static void negate(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      load(x, xOffset + i).neg().intoArray(out, outOffset + i);
    }
  }

  private static void abs(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      load(x, xOffset + i).abs().intoArray(out, outOffset + i);
    }
  }

  private static void sign(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      VectorElementary.sign(load(x, xOffset + i)).intoArray(out, outOffset + i);
    }
  }

  private static void floor(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      VectorElementary.floor(load(x, xOffset + i)).intoArray(out, outOffset + i);
    }
  }

  private static void round(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      VectorElementary.round(load(x, xOffset + i)).intoArray(out, outOffset + i);
    }
  }

  private static void square(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector values = load(x, xOffset + i);
      values.mul(values).intoArray(out, outOffset + i);
    }
  }

  private static void sqrt(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      load(x, xOffset + i).sqrt().intoArray(out, outOffset + i);
    }
  }

  private static void reciprocal(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector.broadcast(SPECIES, 1f).div(load(x, xOffset + i)).intoArray(out, outOffset + i);
    }
  }

  private static void exp(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      VectorElementary.exp(load(x, xOffset + i)).intoArray(out, outOffset + i);
    }
  }

  private static void log(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      VectorElementary.log(load(x, xOffset + i)).intoArray(out, outOffset + i);
    }
  }

  private static void tanh(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      VectorElementary.tanh(load(x, xOffset + i)).intoArray(out, outOffset + i);
    }
  }

  private static void erf(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      VectorElementary.erf(load(x, xOffset + i)).intoArray(out, outOffset + i);
    }
  }

  private static void sigmoid(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      VectorElementary.sigmoid(load(x, xOffset + i)).intoArray(out, outOffset + i);
    }
  }

  private static void relu(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      load(x, xOffset + i).max(0f).intoArray(out, outOffset + i);
    }
  }

  private static void gelu(float[] x, int xOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      VectorElementary.gelu(load(x, xOffset + i)).intoArray(out, outOffset + i);
    }
  }

  @Override
  public void geluWithDerivative(
      float[] x,
      int xOffset,
      float[] values,
      int valuesOffset,
      float[] derivatives,
      int derivativesOffset,
      int length) {
    int whole = SPECIES.loopBound(length);
    VectorMathGradients.geluWithDerivative(
        x, xOffset, values, valuesOffset, derivatives, derivativesOffset, whole);
    scalar.geluWithDerivative(
        x,
        xOffset + whole,
        values,
        valuesOffset + whole,
        derivatives,
        derivativesOffset + whole,
        length - whole);
  }

  private static FloatVector load(float[] array, int index) {
    return FloatVector.fromArray(SPECIES, array, index);
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
    int whole = SPECIES.loopBound(length);
    VectorMathGradients.run(op, saved, savedOffset, g, gOffset, out, outOffset, whole);
    scalar.unaryGradient(
        op, saved, savedOffset + whole, g, gOffset + whole, out, outOffset + whole, length - whole);
  }
}
