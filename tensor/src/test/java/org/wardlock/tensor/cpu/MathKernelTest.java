package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.cpu.vector.VectorMath;
import org.wardlock.tensor.spi.UnaryOp;

class MathKernelTest {
  private static final MathKernel SCALAR = new ScalarMath();
  private static final MathKernel VECTOR = new VectorMath();

  /** A prime: all exponents are met, with all kinds of mantissas. */
  private static final int STEP = 9973;

  @ParameterizedTest
  @EnumSource
  void twinsAgreeToTheBit(UnaryOp op) {
    for (int length : RowSamples.LENGTHS) {
      float[] x = RowSamples.anything(length + 3, length);
      float[] scalar = new float[length + 5];
      Arrays.fill(scalar, RowSamples.UNTOUCHED);
      float[] vector = scalar.clone();
      SCALAR.unary(op, x, 3, scalar, 1, length);
      VECTOR.unary(op, x, 3, vector, 1, length);
      assertArrayEquals(scalar, vector, op + " of " + length);
      assertEquals(RowSamples.UNTOUCHED, vector[0]);
      assertEquals(RowSamples.UNTOUCHED, vector[length + 1]);

      float[] inPlace = x.clone();
      VECTOR.unary(op, inPlace, 3, inPlace, 3, length);
      assertArrayEquals(
          Arrays.copyOfRange(scalar, 1, length + 1), Arrays.copyOfRange(inPlace, 3, length + 3));
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradientsOfTwinsAgreeToTheBit(UnaryOp op) {
    for (int length : RowSamples.LENGTHS) {
      float[] saved = RowSamples.anything(length + 3, length);
      float[] g = RowSamples.anything(length + 2, length + 1);
      float[] scalar = new float[length + 5];
      Arrays.fill(scalar, RowSamples.UNTOUCHED);
      float[] vector = scalar.clone();
      SCALAR.unaryGradient(op, saved, 3, g, 2, scalar, 1, length);
      VECTOR.unaryGradient(op, saved, 3, g, 2, vector, 1, length);
      assertArrayEquals(scalar, vector, op + " of " + length);
      assertEquals(RowSamples.UNTOUCHED, vector[0]);
      assertEquals(RowSamples.UNTOUCHED, vector[length + 1]);
    }
  }

  @ParameterizedTest
  @EnumSource(
      names = {"GELU"},
      mode = EnumSource.Mode.EXCLUDE)
  void everyFunctionIsWithinAFewUlpOverAllFloats(UnaryOp op) {
    double allowed =
        switch (op) {
          case EXP, LOG -> 2;
          case TANH, ERF, SIGMOID -> 4;
          default -> 0.5;
        };
    assertWithin(allowed, op, RowSamples.everyFloat(STEP));
    assertWithin(allowed, op, RowSamples.normal(300_000, 5));
  }

  private static void assertWithin(double allowed, UnaryOp op, float[] x) {
    float[] y = new float[x.length];
    VECTOR.unary(op, x, 0, y, 0, x.length);
    double worst = 0;
    int at = 0;
    for (int i = 0; i < x.length; i++) {
      double expected = reference(op, x[i]);
      assertEquals(Double.isNaN(expected), Float.isNaN(y[i]), op + "(" + x[i] + ") = " + y[i]);
      double ulps = ulps(expected, y[i]);
      if (ulps > worst) {
        worst = ulps;
        at = i;
      }
    }
    assertTrue(worst <= allowed, op + "(" + x[at] + ") = " + y[at] + ": " + worst + " ulp");
  }

  private static double ulps(double expected, float actual) {
    if (Double.isNaN(expected) || (float) expected == actual) {
      return 0;
    }
    return Math.abs(expected - actual) / Math.ulp((float) expected);
  }

  private static double reference(UnaryOp op, double x) {
    return switch (op) {
      case NEGATE -> -x;
      case ABS -> Math.abs(x);
      case SIGN -> Math.signum(x);
      case FLOOR -> Math.floor(x);
      case ROUND -> Math.rint(x);
      case SQUARE -> x * x;
      case SQRT -> Math.sqrt(x);
      case RECIPROCAL -> 1 / x;
      case EXP -> StrictMath.exp(x);
      case LOG -> StrictMath.log(x);
      case TANH -> StrictMath.tanh(x);
      case ERF -> ReferenceMath.erf(x);
      case SIGMOID -> 1 / (1 + StrictMath.exp(-x));
      case RELU -> Math.max(x, 0);
      case GELU -> ReferenceMath.gelu(x);
    };
  }

  @Test
  void geluIsAccurateWhereItCancels() {
    // Relative to the larger of the result and a tenth of the argument: far left of 0 the result
    // is a small difference.
    assertNear(UnaryOp.GELU, ReferenceMath::gelu, x -> 2e-7 * Math.max(0.1, Math.abs(x)));
  }

  private static void assertNear(
      UnaryOp op, DoubleUnaryOperator reference, DoubleUnaryOperator tolerance) {
    float[] x = RowSamples.normal(300_000, 6);
    for (int i = 0; i < x.length; i++) {
      x[i] *= 3f;
    }
    float[] y = new float[x.length];
    VECTOR.unary(op, x, 0, y, 0, x.length);
    for (int i = 0; i < x.length; i++) {
      assertEquals(reference.applyAsDouble(x[i]), y[i], tolerance.applyAsDouble(x[i]));
    }
  }

  @Test
  void geluHasItsLimits() {
    float[] x = {
      0f, -0f, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN, 1e30f, -1e30f, -6.6f
    };
    float[] y = new float[x.length];
    float[] derivative = new float[x.length];
    float[] ones = {1f, 1f, 1f, 1f, 1f, 1f, 1f, 1f};
    SCALAR.unary(UnaryOp.GELU, x, 0, y, 0, x.length);
    SCALAR.unaryGradient(UnaryOp.GELU, x, 0, ones, 0, derivative, 0, x.length);
    assertArrayEquals(
        new float[] {0f, -0f, Float.POSITIVE_INFINITY, 0f, Float.NaN, 1e30f, 0f, 0f},
        y,
        Arrays.toString(y));
    assertArrayEquals(new float[] {0.5f, 0.5f, 1f, 0f, Float.NaN, 1f, 0f, 0f}, derivative, 0f);
  }

  @ParameterizedTest
  @EnumSource
  void gradientsAreTheDerivatives(UnaryOp op) {
    float[] x = RowSamples.normal(20_000, 7);
    for (int i = 0; i < x.length; i++) {
      x[i] = op == UnaryOp.SQRT || op == UnaryOp.LOG ? Math.abs(x[i]) + 0.01f : x[i] * 2f;
    }
    float[] saved = x.clone();
    if (op.gradientReads() == UnaryOp.Reads.OUTPUT) {
      SCALAR.unary(op, x, 0, saved, 0, x.length);
    }
    float[] g = RowSamples.normal(x.length, 8);
    float[] out = new float[x.length];
    VECTOR.unaryGradient(op, saved, 0, g, 0, out, 0, x.length);
    for (int i = 0; i < x.length; i++) {
      double expected = g[i] * derivative(op, x[i]);
      double tolerance = 4e-7 * (Math.abs(expected) + Math.abs(g[i]));
      assertEquals(expected, out[i], tolerance, op + "'(" + x[i] + ")");
    }
  }

  private static double derivative(UnaryOp op, double x) {
    double y = reference(op, x);
    return switch (op) {
      case NEGATE -> -1;
      case ABS -> Math.signum(x);
      case SIGN, FLOOR, ROUND -> 0;
      case SQUARE -> 2 * x;
      case SQRT -> 0.5 / y;
      case RECIPROCAL -> -y * y;
      case EXP -> y;
      case LOG -> 1 / x;
      case TANH -> 1 - y * y;
      case ERF -> 2 / Math.sqrt(Math.PI) * Math.exp(-x * x);
      case SIGMOID -> y * (1 - y);
      case RELU -> x > 0 ? 1 : 0;
      case GELU -> ReferenceMath.geluDerivative(x);
    };
  }
}
