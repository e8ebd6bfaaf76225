package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.cpu.vector.VectorBinary;
import org.wardlock.tensor.spi.BinaryOp;

class BinaryKernelTest {
  private static final BinaryKernel SCALAR = new ScalarBinary();
  private static final BinaryKernel VECTOR = new VectorBinary();
  private static final int[] STEPS = {0, 1};

  /** A kernel's method over operands a at 3, b at 2 and c at 5, with an output at 1. */
  private interface Call {
    void on(BinaryKernel kernel, float[] a, float[] b, float[] c, float[] out, int length);
  }

  private static void assertTwinsAgree(String name, Call call) {
    for (int length : RowSamples.LENGTHS) {
      float[] a = RowSamples.anything(length + 4, length);
      float[] b = RowSamples.anything(length + 4, length + 1);
      float[] c = RowSamples.anything(length + 6, length + 2);
      System.arraycopy(a, 3, b, 2, length / 2); // so that some are equal
      float[] scalar = new float[length + 2];
      Arrays.fill(scalar, RowSamples.UNTOUCHED);
      float[] vector = scalar.clone();
      call.on(SCALAR, a, b, c, scalar, length);
      call.on(VECTOR, a, b, c, vector, length);
      assertArrayEquals(scalar, vector, name + " of " + length);
      assertEquals(RowSamples.UNTOUCHED, vector[0]);
      assertEquals(RowSamples.UNTOUCHED, vector[length + 1]);
    }
  }

  @ParameterizedTest
  @EnumSource
  void twinsAgreeToTheBit(BinaryOp op) {
    for (int aStep : STEPS) {
      for (int bStep : STEPS) {
        assertTwinsAgree(
            op + " by steps " + aStep + ", " + bStep,
            (kernel, a, b, _, out, length) ->
                kernel.binary(op, a, 3, aStep, b, 2, bStep, out, 1, length));
      }
    }
  }

  @Test
  void twinsOfThreeOperandsAgreeToTheBit() {
    for (int steps = 0; steps < 8; steps++) {
      int aStep = steps & 1;
      int bStep = steps >> 1 & 1;
      int cStep = steps >> 2;
      assertTwinsAgree(
          "multiplyAdd",
          (kernel, a, b, c, out, length) ->
              kernel.multiplyAdd(a, 3, aStep, b, 2, bStep, c, 5, cStep, out, 1, length));
      assertTwinsAgree(
          "where",
          (kernel, a, b, c, out, length) ->
              kernel.where(c, 5, cStep, a, 3, aStep, b, 2, bStep, out, 1, length));
    }
  }

  @Test
  void twinsOfOneOperandAgreeToTheBit() {
    assertTwinsAgree(
        "affine",
        (kernel, a, _, _, out, length) -> kernel.affine(a, 3, 1.7f, -0.3f, out, 1, length));
    assertTwinsAgree(
        "clamp", (kernel, a, _, _, out, length) -> kernel.clamp(a, 3, -0.5f, 2f, out, 1, length));
  }

  @ParameterizedTest
  @EnumSource
  void operationsMeanWhatTheySay(BinaryOp op) {
    float[] a = RowSamples.anything(500, 1);
    float[] b = RowSamples.anything(500, 2);
    System.arraycopy(a, 0, b, 0, 100);
    float[] out = new float[500];
    VECTOR.binary(op, a, 0, 1, b, 0, 1, out, 0, 500);
    for (int i = 0; i < 500; i++) {
      float expected =
          switch (op) {
            case ADD -> a[i] + b[i];
            case SUBTRACT -> a[i] - b[i];
            case MULTIPLY -> a[i] * b[i];
            case DIVIDE -> a[i] / b[i];
            case MINIMUM -> Math.min(a[i], b[i]);
            case MAXIMUM -> Math.max(a[i], b[i]);
            case LESS -> a[i] < b[i] ? 1f : 0f;
            case LESS_OR_EQUAL -> a[i] <= b[i] ? 1f : 0f;
            case EQUAL -> a[i] == b[i] ? 1f : 0f;
          };
      assertEquals(expected, out[i], op + " of " + a[i] + " and " + b[i]);
    }
  }

  @Test
  void everythingMayRunInPlace() {
    float[] a = RowSamples.normal(100, 3);
    float[] b = RowSamples.normal(100, 4);
    float[] expected = new float[100];
    VECTOR.multiplyAdd(a, 0, 1, b, 0, 1, b, 7, 0, expected, 0, 100);
    VECTOR.affine(expected, 0, 2f, 1f, expected, 0, 100);
    float[] inPlace = a.clone();
    VECTOR.binary(BinaryOp.MULTIPLY, b, 0, 1, inPlace, 0, 1, inPlace, 0, 100);
    VECTOR.clamp(inPlace, 0, -1e9f, 1e9f, inPlace, 0, 100);
    for (int i = 0; i < 100; i++) {
      assertEquals(expected[i], (inPlace[i] + b[7]) * 2f + 1f, 1e-5f);
    }
  }

  @Test
  void whereTakesNanForTrueAndNegativeZeroForFalse() {
    float[] condition = {Float.NaN, -0f, 0f, 2f, Float.MIN_VALUE};
    float[] out = new float[5];
    SCALAR.where(condition, 0, 1, new float[] {1f}, 0, 0, new float[] {2f}, 0, 0, out, 0, 5);
    assertArrayEquals(new float[] {1f, 2f, 2f, 1f, 1f}, out);
  }
}
