package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.tensor.cpu.OptimizerKernel.AdamRates;
import org.wardlock.tensor.cpu.vector.VectorOptimizer;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.SgdSettings;

class OptimizerKernelTest {
  private static final OptimizerKernel SCALAR = new ScalarOptimizer();
  private static final OptimizerKernel VECTOR = new VectorOptimizer();
  private static final int STEPS = 3;

  static Stream<SgdSettings> sgdSettings() {
    return Stream.of(
        new SgdSettings(0f, 0f, false),
        new SgdSettings(0f, 5e-4f, false),
        new SgdSettings(0.9f, 5e-4f, false),
        new SgdSettings(0.9f, 1e-2f, true));
  }

  @ParameterizedTest
  @MethodSource("sgdSettings")
  void sgdTwinsAgreeToTheBitAndWithDouble(SgdSettings settings) {
    for (int length : RowSamples.LENGTHS) {
      float[][] scalar = sgd(SCALAR, settings, length);
      float[][] vector = sgd(VECTOR, settings, length);
      assertArrayEquals(scalar[0], vector[0]);
      assertArrayEquals(scalar[1], vector[1]);
      for (int i = 0; i < length; i++) {
        assertEquals(sgdInDouble(settings, length, i), vector[0][i + 1], 1e-5);
      }
      assertEquals(RowSamples.UNTOUCHED, vector[0][0]);
      assertEquals(RowSamples.UNTOUCHED, vector[0][length + 1]);
      assertEquals(RowSamples.UNTOUCHED, vector[1][length + 2]);
    }
  }

  private static float[][] sgd(OptimizerKernel kernel, SgdSettings settings, int length) {
    float[] p = framed(RowSamples.normal(length, 1), 1);
    float[] buffer = framed(new float[length], 2);
    for (int step = 0; step < STEPS; step++) {
      float[] g = RowSamples.normal(length + 3, step);
      kernel.sgd(settings, 0.1f, p, 1, g, 3, buffer, 2, length);
    }
    return new float[][] {p, buffer};
  }

  private static double sgdInDouble(SgdSettings settings, int length, int i) {
    double p = RowSamples.normal(length, 1)[i];
    double buffer = 0;
    for (int step = 0; step < STEPS; step++) {
      double g = RowSamples.normal(length + 3, step)[i + 3] + settings.weightDecay() * p;
      buffer = settings.momentum() * buffer + g;
      p -= 0.1 * (settings.nesterov() ? g + settings.momentum() * buffer : buffer);
    }
    return p;
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void adamTwinsAgreeToTheBitAndWithDouble(boolean decoupled) {
    var settings = new AdamSettings(0.9f, 0.999f, 1e-8f, 0.05f, decoupled);
    for (int length : RowSamples.LENGTHS) {
      float[][] scalar = adam(SCALAR, settings, length);
      float[][] vector = adam(VECTOR, settings, length);
      for (int i = 0; i < scalar.length; i++) {
        assertArrayEquals(scalar[i], vector[i]);
        assertEquals(RowSamples.UNTOUCHED, vector[i][i]);
        assertEquals(RowSamples.UNTOUCHED, vector[i][i + 1 + length]);
      }
      for (int i = 0; i < length; i++) {
        assertEquals(adamInDouble(settings, length, i), vector[0][i + 1], 1e-5);
      }
    }
  }

  private static float[][] adam(OptimizerKernel kernel, AdamSettings settings, int length) {
    float[] p = framed(RowSamples.normal(length, 1), 1);
    float[] m = framed(new float[length], 2);
    float[] v = framed(new float[length], 3);
    for (int step = 1; step <= STEPS; step++) {
      float[] g = RowSamples.normal(length + 5, step);
      var rates =
          AdamRates.of(
              settings,
              0.01f,
              (float) (1 - Math.pow(settings.beta1(), step)),
              (float) (1 - Math.pow(settings.beta2(), step)));
      kernel.adam(rates, p, 1, g, 5, m, 2, v, 3, length);
    }
    return new float[][] {p, m, v};
  }

  private static double adamInDouble(AdamSettings settings, int length, int i) {
    double p = RowSamples.normal(length, 1)[i];
    double m = 0;
    double v = 0;
    for (int step = 1; step <= STEPS; step++) {
      double g = RowSamples.normal(length + 5, step)[i + 5];
      if (settings.decoupled()) {
        p *= 1 - 0.01 * settings.weightDecay();
      } else {
        g += settings.weightDecay() * p;
      }
      m = settings.beta1() * m + (1 - settings.beta1()) * g;
      v = settings.beta2() * v + (1 - settings.beta2()) * g * g;
      double root = Math.sqrt(v / (1 - Math.pow(settings.beta2(), step))) + settings.epsilon();
      p -= 0.01 * m / (1 - Math.pow(settings.beta1(), step)) / root;
    }
    return p;
  }

  @Test
  void withoutMomentumTheBufferIsLeftAlone() {
    float[] p = {1f, 2f};
    float[] g = {10f, 20f};
    SCALAR.sgd(new SgdSettings(0f, 0f, true), 0.5f, p, 0, g, 0, new float[0], 0, 2);
    assertArrayEquals(new float[] {-4f, -8f}, p);
  }

  /** The values from {@code offset} on, between values that must stay. */
  private static float[] framed(float[] values, int offset) {
    float[] framed = new float[values.length + offset + 1];
    Arrays.fill(framed, RowSamples.UNTOUCHED);
    System.arraycopy(values, 0, framed, offset, values.length);
    return framed;
  }
}
