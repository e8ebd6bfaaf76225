package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.tensor.cpu.AttentionKernel.Extents;
import org.wardlock.tensor.cpu.vector.VectorAttention;

class AttentionTest {
  private static final AttentionKernel SCALAR = new ScalarAttention(AttentionTest::exp);
  private static final AttentionKernel VECTOR = new VectorAttention(AttentionTest::exp);
  private static final int OFFSET = 5;
  private static final float SCALE = 0.3f;

  private static void exp(float[] values, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      values[i] = (float) StrictMath.exp(values[i]);
    }
  }

  /** All that a forward and a backward pass write. */
  private record Results(float[] out, float[] logSumExp, float[] gradQkv) {}

  @Property(tries = 60)
  void twinsAgreeToTheBitAndWithDouble(
      @ForAll @IntRange(max = 3) int batch,
      @ForAll @IntRange(max = 150) int tokens,
      @ForAll @IntRange(min = 1, max = 3) int heads,
      @ForAll @IntRange(min = 1, max = 40) int headSize,
      @ForAll long seed) {
    check(new Extents(batch, tokens, heads, headSize), seed);
  }

  @ParameterizedTest
  @CsvSource({"2, 197, 3, 64", "1, 65, 2, 300", "1, 300, 1, 32", "20, 4, 2, 8"})
  void theShapesOfTrainingAgree(int batch, int tokens, int heads, int headSize) {
    check(new Extents(batch, tokens, heads, headSize), 5);
  }

  private static void check(Extents extents, long seed) {
    Results scalar = run(SCALAR, extents, seed, 1);
    for (Results other :
        new Results[] {
          run(VECTOR, extents, seed, 1),
          run(VECTOR, extents, seed, 5),
          run(SCALAR, extents, seed, 2)
        }) {
      assertArrayEquals(scalar.out(), other.out());
      assertArrayEquals(scalar.logSumExp(), other.logSumExp());
      assertArrayEquals(scalar.gradQkv(), other.gradQkv());
    }
    assertNearReference(extents, seed, scalar);
  }

  @Test
  void aPictureKeepsItsBitsWhereverItIsInTheBatch() {
    var one = new Extents(1, 70, 2, 16);
    var many = new Extents(9, 70, 2, 16);
    float[] qkv = values(new Random(1), 9 * 70 * 96);
    for (AttentionKernel kernel : new AttentionKernel[] {SCALAR, VECTOR}) {
      Results together = run(kernel, many, qkv, qkv, 2);
      for (int picture = 0; picture < 9; picture += 4) {
        float[] its = new float[OFFSET + 70 * 96];
        System.arraycopy(qkv, OFFSET + picture * 70 * 96, its, OFFSET, 70 * 96);
        float[] alone = run(kernel, one, its, qkv, 1).out();
        int size = 70 * 32;
        assertArrayEquals(
            Arrays.copyOfRange(alone, OFFSET, OFFSET + size),
            Arrays.copyOfRange(
                together.out(), OFFSET + picture * size, OFFSET + (picture + 1) * size));
      }
    }
  }

  private static Results run(AttentionKernel kernel, Extents e, long seed, int threads) {
    var random = new Random(seed);
    int width = e.heads() * e.headSize();
    float[] qkv = values(random, e.batch() * e.tokens() * 3 * width);
    return run(kernel, e, qkv, values(random, e.batch() * e.tokens() * width), threads);
  }

  private static Results run(
      AttentionKernel kernel, Extents e, float[] qkv, float[] g, int threads) {
    int width = e.heads() * e.headSize();
    float[] out = nan(e.batch() * e.tokens() * width);
    float[] logSumExp = nan(e.batch() * e.tokens() * e.heads());
    float[] gradQkv = nan(e.batch() * e.tokens() * 3 * width);
    try (var context = new TestContext(threads)) {
      kernel.forward(e, slice(qkv), SCALE, slice(out), slice(logSumExp), context);
      kernel.backward(
          e, slice(qkv), SCALE, slice(out), slice(logSumExp), slice(g), slice(gradQkv), context);
    }
    return new Results(out, logSumExp, gradQkv);
  }

  private static FloatSlice slice(float[] values) {
    return new FloatSlice(values, OFFSET);
  }

  private static float[] nan(int size) {
    float[] values = new float[size + OFFSET];
    Arrays.fill(values, Float.NaN);
    return values;
  }

  private static float[] values(Random random, int size) {
    float[] values = new float[size + OFFSET];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static void assertNearReference(Extents e, long seed, Results found) {
    var random = new Random(seed);
    int width = e.heads() * e.headSize();
    float[] qkv = values(random, e.batch() * e.tokens() * 3 * width);
    float[] g = values(random, e.batch() * e.tokens() * width);
    double[] gradient = new double[qkv.length];
    for (int picture = 0; picture < e.batch(); picture++) {
      for (int head = 0; head < e.heads(); head++) {
        int query = OFFSET + picture * e.tokens() * 3 * width + head * e.headSize();
        int out = OFFSET + picture * e.tokens() * width + head * e.headSize();
        int logSumExp = OFFSET + (picture * e.heads() + head) * e.tokens();
        for (int i = 0; i < e.tokens(); i++) {
          checkQuery(e, qkv, g, query, out + i * width, logSumExp + i, i, found, gradient);
        }
      }
    }
    for (int i = OFFSET; i < gradient.length; i++) {
      assertEquals(gradient[i], found.gradQkv()[i], 2e-4, "gradient element " + (i - OFFSET));
    }
  }

  /** Compares the output of query i, and adds its share to the gradient. */
  private static void checkQuery(
      Extents e,
      float[] qkv,
      float[] g,
      int head,
      int outAt,
      int logSumExpAt,
      int i,
      Results found,
      double[] gradient) {
    int width = e.heads() * e.headSize();
    int stride = 3 * width;
    double[] weights = new double[e.tokens()];
    double sum = 0;
    for (int j = 0; j < e.tokens(); j++) {
      double score = 0;
      for (int c = 0; c < e.headSize(); c++) {
        score += (double) qkv[head + i * stride + c] * qkv[head + width + j * stride + c];
      }
      weights[j] = Math.exp(SCALE * score);
      sum += weights[j];
    }
    assertEquals(Math.log(sum), found.logSumExp()[logSumExpAt], 1e-4);
    double[] weightGradients = new double[e.tokens()];
    double mean = 0;
    for (int j = 0; j < e.tokens(); j++) {
      weights[j] /= sum;
      for (int c = 0; c < e.headSize(); c++) {
        int value = head + 2 * width + j * stride + c;
        weightGradients[j] += (double) g[outAt + c] * qkv[value];
        gradient[value] += weights[j] * g[outAt + c];
      }
      mean += weights[j] * weightGradients[j];
    }
    for (int c = 0; c < e.headSize(); c++) {
      double out = 0;
      for (int j = 0; j < e.tokens(); j++) {
        out += weights[j] * qkv[head + 2 * width + j * stride + c];
        double scoreGradient = SCALE * weights[j] * (weightGradients[j] - mean);
        gradient[head + i * stride + c] += scoreGradient * qkv[head + width + j * stride + c];
        gradient[head + width + j * stride + c] += scoreGradient * qkv[head + i * stride + c];
      }
      assertEquals(out, found.out()[outAt + c], 2e-5);
    }
  }
}
