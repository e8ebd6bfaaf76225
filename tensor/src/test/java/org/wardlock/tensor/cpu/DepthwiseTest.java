package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.tensor.cpu.DepthwiseKernel.Extents;
import org.wardlock.tensor.cpu.vector.VectorDepthwise;

class DepthwiseTest {
  private static final DepthwiseKernel SCALAR = new ScalarDepthwise();
  private static final DepthwiseKernel VECTOR = new VectorDepthwise();

  /** Operands begin at odd offsets. */
  private static final int OFFSET = 3;

  private enum Pass {
    FORWARD,
    FORWARD_WITHOUT_BIAS,
    BACKWARD_INPUT,
    BACKWARD_WEIGHT
  }

  @Property(tries = 150)
  void twinsAgreeToTheBitAndWithDouble(
      @ForAll @IntRange(max = 3) int batch,
      @ForAll @IntRange(max = 4) int channels,
      @ForAll @IntRange(max = 36) int height,
      @ForAll @IntRange(max = 36) int width,
      @ForAll @IntRange(max = 5) int halfKernel,
      @ForAll long seed) {
    check(new Extents(batch, channels, height, width, 2 * halfKernel + 1), seed);
  }

  @ParameterizedTest
  @CsvSource({
    "4, 70, 16, 16, 5",
    "2, 12, 32, 32, 7",
    "3, 17, 8, 8, 9",
    "2, 9, 14, 14, 3",
    "1, 1, 1, 1, 9"
  })
  void theShapesOfTrainingAgree(int batch, int channels, int height, int width, int kernel) {
    check(new Extents(batch, channels, height, width, kernel), 11);
  }

  private static void check(Extents extents, long seed) {
    for (Pass pass : Pass.values()) {
      float[] scalar = run(SCALAR, extents, pass, seed, 1);
      assertArrayEquals(scalar, run(VECTOR, extents, pass, seed, 1), pass.toString());
      assertArrayEquals(scalar, run(VECTOR, extents, pass, seed, 5), pass.toString());
      assertArrayEquals(scalar, run(SCALAR, extents, pass, seed, 2), pass.toString());
      assertNearReference(extents, pass, seed, scalar);
    }
  }

  @Test
  void whatIsBesideTheWidthDoesNotSpoilTheWeightGradient() {
    var extents = new Extents(1, 1, 4, 18, 3);
    float[] x = new float[4 * 18];
    float[] g = new float[4 * 18];
    Arrays.fill(g, 1f);
    x[17] = Float.POSITIVE_INFINITY;
    for (DepthwiseKernel kernel : new DepthwiseKernel[] {SCALAR, VECTOR}) {
      float[] out = new float[9];
      try (var context = new TestContext(1)) {
        kernel.backwardWeight(
            extents, new FloatSlice(x, 0), new FloatSlice(g, 0), new FloatSlice(out, 0), context);
      }
      // The value in the last column meets no tap of the left column.
      assertEquals(0f, out[0]);
      assertEquals(Float.POSITIVE_INFINITY, out[4]);
    }
  }

  @Test
  void anEvenFilterIsRefused() {
    var failure = assertThrows(IllegalArgumentException.class, () -> new Extents(1, 1, 4, 4, 2));
    assertEquals("depthwise: kernel 2, must be odd and positive", failure.getMessage());
  }

  private static float[] run(DepthwiseKernel kernel, Extents e, Pass pass, long seed, int threads) {
    var random = new Random(seed);
    int size = e.batch() * e.channels() * e.plane();
    FloatSlice x = values(random, size);
    FloatSlice g = values(random, size);
    FloatSlice weight = values(random, e.channels() * e.taps());
    FloatSlice bias = values(random, e.channels());
    int written = pass == Pass.BACKWARD_WEIGHT ? e.channels() * e.taps() : size;
    float[] out = new float[written + 7];
    Arrays.fill(out, Float.NaN);
    var target = new FloatSlice(out, OFFSET);
    try (var context = new TestContext(threads)) {
      switch (pass) {
        case FORWARD -> kernel.forward(e, x, weight, Optional.of(bias), target, context);
        case FORWARD_WITHOUT_BIAS ->
            kernel.forward(e, x, weight, Optional.empty(), target, context);
        case BACKWARD_INPUT -> kernel.backwardInput(e, g, weight, target, context);
        case BACKWARD_WEIGHT -> kernel.backwardWeight(e, x, g, target, context);
      }
    }
    return out;
  }

  private static FloatSlice values(Random random, int size) {
    float[] values = new float[size + OFFSET];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return new FloatSlice(values, OFFSET);
  }

  private static void assertNearReference(Extents e, Pass pass, long seed, float[] found) {
    var random = new Random(seed);
    int size = e.batch() * e.channels() * e.plane();
    FloatSlice x = values(random, size);
    FloatSlice g = values(random, size);
    FloatSlice weight = values(random, e.channels() * e.taps());
    FloatSlice bias = values(random, e.channels());
    int written = found.length - 7;
    double[] expected = new double[written];
    if (pass == Pass.FORWARD) {
      for (int i = 0; i < size; i++) {
        expected[i] = at(bias, i / e.plane() % e.channels());
      }
    }
    int p = e.padding();
    for (int plane = 0; plane < e.batch() * e.channels(); plane++) {
      int channel = plane % e.channels();
      for (int y = 0; y < e.height(); y++) {
        for (int column = 0; column < e.width(); column++) {
          for (int tap = 0; tap < e.taps(); tap++) {
            int inY = y + tap / e.kernel() - p;
            int inX = column + tap % e.kernel() - p;
            if (inY < 0 || inY >= e.height() || inX < 0 || inX >= e.width()) {
              continue;
            }
            int to = plane * e.plane() + y * e.width() + column;
            int from = plane * e.plane() + inY * e.width() + inX;
            int w = channel * e.taps() + tap;
            switch (pass) {
              case FORWARD, FORWARD_WITHOUT_BIAS -> expected[to] += at(x, from) * at(weight, w);
              case BACKWARD_INPUT -> expected[from] += at(g, to) * at(weight, w);
              case BACKWARD_WEIGHT -> expected[w] += at(x, from) * at(g, to);
            }
          }
        }
      }
    }
    double terms = pass == Pass.BACKWARD_WEIGHT ? e.batch() * e.plane() : e.taps();
    for (int i = 0; i < written; i++) {
      assertEquals(expected[i], found[OFFSET + i], 2e-6 * (1 + terms), pass + " element " + i);
    }
    for (int i = 0; i < found.length; i++) {
      if (i < OFFSET || i >= OFFSET + written) {
        assertEquals(Float.NaN, found[i], pass + " wrote outside, at " + (i - OFFSET));
      }
    }
  }

  private static double at(FloatSlice slice, int index) {
    return slice.data()[slice.offset() + index];
  }
}
