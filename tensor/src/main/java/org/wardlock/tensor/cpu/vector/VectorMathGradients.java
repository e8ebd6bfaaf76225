package org.wardlock.tensor.cpu.vector;

import static jdk.incubator.vector.FloatVector.broadcast;
import static jdk.incubator.vector.VectorOperators.LSHL;
import static org.wardlock.tensor.cpu.Coefficients.*;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;
import org.wardlock.tensor.spi.UnaryOp;

/** Gradients of functions of one float: a loop an operation, over whole vectors. */
final class VectorMathGradients {
  private static final VectorSpecies<Float> SPECIES = VectorElementary.SPECIES;
  private static final int LANES = SPECIES.length();

  private VectorMathGradients() {}

  /** {@code out = g * op'(.)}; {@code whole} is a multiple of the vector. */
  static void run(
      UnaryOp op,
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    switch (op) {
      case NEGATE -> negate(g, gOffset, out, outOffset, whole);
      case SIGN, FLOOR, ROUND -> zero(out, outOffset, whole);
      case ABS -> abs(saved, savedOffset, g, gOffset, out, outOffset, whole);
      case SQUARE -> square(saved, savedOffset, g, gOffset, out, outOffset, whole);
      case SQRT -> sqrt(saved, savedOffset, g, gOffset, out, outOffset, whole);
      case RECIPROCAL -> reciprocal(saved, savedOffset, g, gOffset, out, outOffset, whole);
      case EXP -> exp(saved, savedOffset, g, gOffset, out, outOffset, whole);
      case LOG -> log(saved, savedOffset, g, gOffset, out, outOffset, whole);
      case TANH -> tanh(saved, savedOffset, g, gOffset, out, outOffset, whole);
      case ERF -> erf(saved, savedOffset, g, gOffset, out, outOffset, whole);
      case SIGMOID -> sigmoid(saved, savedOffset, g, gOffset, out, outOffset, whole);
      case RELU -> relu(saved, savedOffset, g, gOffset, out, outOffset, whole);
      case GELU -> gelu(saved, savedOffset, g, gOffset, out, outOffset, whole);
    }
  }

  private static void negate(float[] g, int gOffset, float[] out, int outOffset, int whole) {
    for (int i = 0; i < whole; i += LANES) {
      load(g, gOffset + i).neg().intoArray(out, outOffset + i);
    }
  }

  private static void zero(float[] out, int outOffset, int whole) {
    Arrays.fill(out, outOffset, outOffset + whole, 0f);
  }

  private static void abs(
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      load(g, gOffset + i)
          .mul(VectorElementary.sign(load(saved, savedOffset + i)))
          .intoArray(out, outOffset + i);
    }
  }

  private static void square(
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector x = load(saved, savedOffset + i);
      load(g, gOffset + i).mul(x.add(x)).intoArray(out, outOffset + i);
    }
  }

  private static void sqrt(
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector y = load(saved, savedOffset + i);
      load(g, gOffset + i).div(y.add(y)).intoArray(out, outOffset + i);
    }
  }

  private static void reciprocal(
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector y = load(saved, savedOffset + i);
      load(g, gOffset + i).mul(y.mul(y).neg()).intoArray(out, outOffset + i);
    }
  }

  private static void exp(
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      load(g, gOffset + i).mul(load(saved, savedOffset + i)).intoArray(out, outOffset + i);
    }
  }

  private static void log(
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      load(g, gOffset + i).div(load(saved, savedOffset + i)).intoArray(out, outOffset + i);
    }
  }

  private static void tanh(
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector y = load(saved, savedOffset + i);
      load(g, gOffset + i)
          .mul(y.neg().fma(y, FloatVector.broadcast(SPECIES, 1f)))
          .intoArray(out, outOffset + i);
    }
  }

  private static void erf(
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      load(g, gOffset + i)
          .mul(VectorElementary.erfDerivative(load(saved, savedOffset + i)))
          .intoArray(out, outOffset + i);
    }
  }

  private static void sigmoid(
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector y = load(saved, savedOffset + i);
      load(g, gOffset + i).mul(y.neg().fma(y, y)).intoArray(out, outOffset + i);
    }
  }

  private static void relu(
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      var positive = load(saved, savedOffset + i).compare(VectorOperators.GT, 0f);
      FloatVector.zero(SPECIES).blend(load(g, gOffset + i), positive).intoArray(out, outOffset + i);
    }
  }

  private static void gelu(
      float[] saved,
      int savedOffset,
      float[] g,
      int gOffset,
      float[] out,
      int outOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      load(g, gOffset + i)
          .mul(VectorElementary.geluDerivative(load(saved, savedOffset + i)))
          .intoArray(out, outOffset + i);
    }
  }

  /** The function itself too: both come from one exponential and one polynomial. */
  static void geluWithDerivative(
      float[] x,
      int xOffset,
      float[] values,
      int valuesOffset,
      float[] derivatives,
      int derivativesOffset,
      int whole) {
    for (int i = 0; i < whole; i += LANES) {
      FloatVector input = load(x, xOffset + i);
      FloatVector a = input.abs();
      FloatVector tail = VectorElementary.tail(a);
      // gauss(a) step for step: behind the polynomial C2 inlines no helper any more
      FloatVector square = a.mul(a);
      FloatVector shifted =
          square.fma(broadcast(SPECIES, GAUSS_EXPONENT), broadcast(SPECIES, ROUNDER));
      FloatVector f =
          square.fma(broadcast(SPECIES, GAUSS_EXPONENT), broadcast(SPECIES, ROUNDER).sub(shifted));
      FloatVector p = broadcast(SPECIES, POWER_6).fma(f, broadcast(SPECIES, POWER_5));
      p = p.fma(f, broadcast(SPECIES, POWER_4));
      p = p.fma(f, broadcast(SPECIES, POWER_3));
      p = p.fma(f, broadcast(SPECIES, POWER_2));
      p = p.fma(f, broadcast(SPECIES, POWER_1));
      IntVector mantissa = p.fma(f, broadcast(SPECIES, 1f)).reinterpretAsInts();
      IntVector exponent = shifted.reinterpretAsInts().lanewise(LSHL, 23);
      FloatVector gauss = mantissa.add(exponent).reinterpretAsFloats();
      VectorMask<Float> beyond = a.compare(VectorOperators.GT, TAIL_END);
      VectorMask<Float> negative = input.compare(VectorOperators.LT, 0f);
      FloatVector product = a.mul(tail.mul(gauss)).blend(0f, beyond);
      input.blend(0f, negative).sub(product).intoArray(values, valuesOffset + i);
      FloatVector left =
          a.fma(broadcast(SPECIES, -INVERSE_SQRT_2_PI), tail).mul(gauss).blend(0f, beyond);
      broadcast(SPECIES, 1f)
          .sub(left)
          .blend(left, negative)
          .intoArray(derivatives, derivativesOffset + i);
    }
  }

  private static FloatVector load(float[] array, int index) {
    return FloatVector.fromArray(SPECIES, array, index);
  }
}
