package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.wardlock.kernels.cuda.EmulatedGpu.EmulationException;
import org.wardlock.kernels.source.GpuBackend;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Attention on tensor cores, run on the CPU, against sums in double. */
class TensorAttentionTest {
  private static final String FAMILY = "tensor_attention";

  /** What rounding to bf16 may change, relative. */
  private static final double BF16 = 0x1p-8;

  private final Random random = new Random(11);

  /** A device, and what attention reads and writes there. */
  private record Case(
      EmulatedGpu gpu,
      GpuBackend backend,
      Operand qkv,
      Operand out,
      Operand logSumExp,
      Operand g,
      Operand gradient,
      float scale) {
    int pictures() {
      return qkv.shape().extent(0);
    }

    int tokens() {
      return qkv.shape().extent(1);
    }

    int heads() {
      return qkv.shape().extent(3);
    }

    int width() {
      return qkv.shape().extent(4);
    }

    void forward() {
      assertTrue(gpu.ownKernels(backend).attention(qkv, scale, out, logSumExp));
    }

    void backward() {
      assertTrue(
          gpu.ownKernels(backend).attentionBackward(qkv, scale, out, logSumExp, g, gradient));
    }
  }

  private Case with(EmulatedGpu gpu, int pictures, int tokens, int heads, int width) {
    var backend = new GpuBackend(gpu);
    Shape shape = Shape.of(pictures, tokens, 3, heads, width);
    // a token's numbers are followed by others, as where two projections lie side by side
    int token = 3 * heads * width + 8;
    long[] strides = {(long) tokens * token, token, (long) heads * width, width, 1};
    Operand qkv =
        Elements.random(
            backend,
            DType.BF16,
            random,
            Layout.of(shape, strides, 8),
            8 + (long) pictures * tokens * token - 8);
    return new Case(
        gpu,
        backend,
        qkv,
        Elements.empty(backend, DType.BF16, pictures, tokens, heads, width),
        Elements.empty(backend, DType.F32, pictures, heads, tokens),
        Elements.random(backend, DType.BF16, random, pictures, tokens, heads, width),
        Elements.empty(backend, DType.BF16, pictures, tokens, 3, heads, width),
        3f / width);
  }

  private Case with(int pictures, int tokens, int heads, int width) {
    return with(
        new EmulatedGpu(EmulatedFamilies.of(FAMILY), false), pictures, tokens, heads, width);
  }

  /** A head of one picture in double. */
  private static final class Head {
    private final Case of;
    private final double[] qkv;
    private final int picture;
    private final int head;
    final double[][] weights;
    final double[] logSums;

    Head(Case of, double[] qkv, int picture, int head) {
      this.of = of;
      this.qkv = qkv;
      this.picture = picture;
      this.head = head;
      int tokens = of.tokens();
      this.weights = new double[tokens][tokens];
      this.logSums = new double[tokens];
      for (int i = 0; i < tokens; i++) {
        double sum = 0;
        for (int j = 0; j < tokens; j++) {
          for (int k = 0; k < of.width(); k++) {
            weights[i][j] += at(i, 0, k) * at(j, 1, k) * of.scale();
          }
          sum += Math.exp(weights[i][j]);
        }
        logSums[i] = Math.log(sum);
        for (int j = 0; j < tokens; j++) {
          weights[i][j] = Math.exp(weights[i][j] - logSums[i]);
        }
      }
    }

    /** Query, key or value. */
    double at(int token, int part, int element) {
      return qkv[index(token, part, element)];
    }

    int index(int token, int part, int element) {
      int row = (picture * of.tokens() + token) * 3 + part;
      return (row * of.heads() + head) * of.width() + element;
    }

    /** Where an element of an output lies. */
    int index(int token, int element) {
      return ((picture * of.tokens() + token) * of.heads() + head) * of.width() + element;
    }
  }

  private static void checkForward(Case c) {
    c.forward();
    double[] qkv = Elements.read(c.backend(), c.qkv());
    double[] out = Elements.read(c.backend(), c.out());
    double[] logSumExp = Elements.read(c.backend(), c.logSumExp());
    for (int picture = 0; picture < c.pictures(); picture++) {
      for (int h = 0; h < c.heads(); h++) {
        var head = new Head(c, qkv, picture, h);
        for (int i = 0; i < c.tokens(); i++) {
          assertEquals(
              head.logSums[i],
              logSumExp[(picture * c.heads() + h) * c.tokens() + i],
              2e-5,
              "log-sum-exp of token " + i);
          for (int k = 0; k < c.width(); k++) {
            double sum = 0;
            double magnitude = 0;
            for (int j = 0; j < c.tokens(); j++) {
              double term = head.weights[i][j] * head.at(j, 2, k);
              sum += term;
              magnitude += Math.abs(term);
            }
            double error = BF16 * (magnitude + Math.abs(sum));
            assertEquals(sum, out[head.index(i, k)], error, "token " + i + " element " + k);
          }
        }
      }
    }
    assertEquals(0, c.gpu().conflicts(), "lanes meet in banks of shared memory");
  }

  private static void checkBackward(Case c) {
    c.forward();
    c.backward();
    double[] qkv = Elements.read(c.backend(), c.qkv());
    double[] out = Elements.read(c.backend(), c.out());
    double[] g = Elements.read(c.backend(), c.g());
    double[] gradient = Elements.read(c.backend(), c.gradient());
    int tokens = c.tokens();
    for (int picture = 0; picture < c.pictures(); picture++) {
      for (int h = 0; h < c.heads(); h++) {
        var head = new Head(c, qkv, picture, h);
        double[][] expected = new double[tokens * 3][c.width()];
        double[][] magnitude = new double[tokens * 3][c.width()];
        for (int i = 0; i < tokens; i++) {
          double projection = 0;
          for (int k = 0; k < c.width(); k++) {
            projection += g[head.index(i, k)] * out[head.index(i, k)];
          }
          for (int j = 0; j < tokens; j++) {
            double inner = -projection;
            for (int k = 0; k < c.width(); k++) {
              inner += g[head.index(i, k)] * head.at(j, 2, k);
            }
            double score = head.weights[i][j] * inner * c.scale();
            for (int k = 0; k < c.width(); k++) {
              add(expected, magnitude, i * 3, k, score * head.at(j, 1, k));
              add(expected, magnitude, j * 3 + 1, k, score * head.at(i, 0, k));
              add(expected, magnitude, j * 3 + 2, k, head.weights[i][j] * g[head.index(i, k)]);
            }
          }
        }
        for (int row = 0; row < expected.length; row++) {
          for (int k = 0; k < c.width(); k++) {
            double error = BF16 * (magnitude[row][k] + Math.abs(expected[row][k])) + 1e-6;
            double actual = gradient[head.index(row / 3, row % 3, k)];
            assertEquals(expected[row][k], actual, error, "token " + row / 3 + " part " + row % 3);
          }
        }
      }
    }
    assertEquals(0, c.gpu().conflicts(), "lanes meet in banks of shared memory");
  }

  private static void add(double[][] sums, double[][] magnitudes, int row, int k, double term) {
    sums[row][k] += term;
    magnitudes[row][k] += Math.abs(term);
  }

  @Test
  void forward() {
    checkForward(with(2, 65, 2, 64));
    checkForward(with(1, 17, 3, 32));
    checkForward(with(1, 1, 1, 64));
    checkForward(with(1, 100, 1, 32));
  }

  @Test
  void forwardOfManyTokens() {
    checkForward(with(1, 197, 1, 64));
    checkForward(with(1, 256, 1, 32));
    checkForward(with(1, 209, 1, 64));
  }

  @Test
  void backward() {
    checkBackward(with(2, 37, 2, 64));
    checkBackward(with(1, 17, 3, 32));
    checkBackward(with(1, 1, 1, 32));
    checkBackward(with(1, 197, 1, 64));
  }

  /** Scores far from zero: what is subtracted before the exponential must be the largest. */
  @Test
  void largeScores() {
    Case small = with(1, 40, 1, 64);
    var large =
        new Case(
            small.gpu(),
            small.backend(),
            small.qkv(),
            small.out(),
            small.logSumExp(),
            small.g(),
            small.gradient(),
            40f);
    large.forward();
    large.backward();
    double[] gradient = Elements.read(large.backend(), large.gradient());
    for (double value : gradient) {
      assertTrue(Double.isFinite(value), "a gradient is " + value);
    }
    double[] qkv = Elements.read(large.backend(), large.qkv());
    double[] logSumExp = Elements.read(large.backend(), large.logSumExp());
    var head = new Head(large, qkv, 0, 0);
    for (int i = 0; i < 40; i++) {
      assertEquals(head.logSums[i], logSumExp[i], 1e-3, "log-sum-exp of token " + i);
    }
  }

  @Test
  void theSameBitsTwice() {
    Case c = with(1, 50, 2, 32);
    c.forward();
    c.backward();
    double[] out = Elements.read(c.backend(), c.out());
    double[] gradient = Elements.read(c.backend(), c.gradient());
    c.forward();
    c.backward();
    assertArrayEquals(out, Elements.read(c.backend(), c.out()));
    assertArrayEquals(gradient, Elements.read(c.backend(), c.gradient()));
  }

  @Test
  void whatDoesNotFitIsLeftToTheSharedKernels() {
    var gpu = new EmulatedGpu(EmulatedFamilies.of(FAMILY), true);
    refuse(gpu, with(gpu, 1, 257, 1, 32));
    refuse(gpu, with(gpu, 1, 16, 1, 16));
    refuse(gpu, with(gpu, 1, 16, 1, 48));
    var backend = new GpuBackend(gpu);
    Operand floats = Elements.random(backend, DType.F32, random, 1, 16, 3, 1, 32);
    Operand out = Elements.empty(backend, DType.F32, 1, 16, 1, 32);
    Operand logSumExp = Elements.empty(backend, DType.F32, 1, 1, 16);
    assertFalse(gpu.ownKernels(backend).attention(floats, 1, out, logSumExp), "float32");
    assertEquals(new TreeSet<>(), gpu.launched());
  }

  private static void refuse(EmulatedGpu gpu, Case c) {
    var kernels = gpu.ownKernels(c.backend());
    assertFalse(kernels.attention(c.qkv(), 1, c.out(), c.logSumExp()));
    assertFalse(kernels.attentionBackward(c.qkv(), 1, c.out(), c.logSumExp(), c.g(), c.gradient()));
  }

  // ---- that the emulation finds mistakes

  private Case broken(String text, String replacement) {
    var gpu = new EmulatedGpu(EmulatedFamilies.with(FAMILY, text, replacement), false);
    return with(gpu, 1, 37, 1, 64);
  }

  @Test
  void aWaitBehindTheBarrierIsFound() {
    Case c = broken("awaitCopies<0>();\n  barrier();", "barrier();\n  awaitCopies<0>();");
    var error = assertThrows(EmulationException.class, c::forward);
    assertTrue(error.getMessage().contains("of shared memory"), error.getMessage());
  }

  @Test
  void aMissingBarrierIsFound() {
    Case c = broken("  barrier();", "");
    var error = assertThrows(EmulationException.class, c::forward);
    assertTrue(error.getMessage().contains("no barrier"), error.getMessage());
    assertThrows(EmulationException.class, c::backward);
  }

  @Test
  void aWrongFragmentIsFound() {
    Case c = broken("step * 2 + lane / 8 % 2", "step * 2 + lane / 16");
    assertThrows(AssertionError.class, () -> checkForward(c));
  }

  @Test
  void keysThatAreNoTokensAreFound() {
    Case c = broken("key < tokens ? score * factor", "key < 999 ? score * factor");
    assertThrows(AssertionError.class, () -> checkForward(c));
  }
}
