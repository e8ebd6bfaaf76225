package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.wardlock.kernels.cuda.EmulatedGpu.EmulationException;
import org.wardlock.kernels.source.DeviceKernels;
import org.wardlock.kernels.source.GpuBackend;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Depthwise convolution on tensor cores, run on the CPU, against sums in double. */
class TensorDepthwiseTest {
  private static final String FAMILY = "tensor_depthwise";

  /** What rounding to bf16 may change, relative. */
  private static final double BF16 = 0x1p-8;

  private final Random random = new Random(5);
  private final EmulatedGpu gpu =
      new EmulatedGpu(EmulatedFamilies.of(FAMILY, "tensor_gemm"), false);
  private final GpuBackend backend = new GpuBackend(gpu);
  private final DeviceKernels kernels = gpu.ownKernels(backend);

  /** Planes whose rows are followed by four other elements. */
  private static Operand planes(
      GpuBackend backend, Random random, int pictures, int channels, int height, int width) {
    int row = width + 4;
    long[] strides = {(long) channels * height * row, (long) height * row, row, 1};
    Layout layout = Layout.of(Shape.of(pictures, channels, height, width), strides, 4);
    long size = (long) pictures * channels * height * row;
    return Elements.random(backend, DType.BF16, random, layout, size);
  }

  private Operand planes(int pictures, int channels, int height, int width) {
    return planes(backend, random, pictures, channels, height, width);
  }

  /** What a filter sees: calls back with the indices of each output, input and tap that meet. */
  private interface Meeting {
    void at(int output, int input, int tap);
  }

  private static void forEach(Shape image, int side, Meeting meeting) {
    int height = image.extent(2);
    int width = image.extent(3);
    int channels = image.extent(1);
    for (int plane = 0; plane < image.extent(0) * channels; plane++) {
      for (int at = 0; at < height * width * side * side; at++) {
        int tap = at % (side * side);
        int row = at / (side * side) / width;
        int column = at / (side * side) % width;
        int y = row + tap / side - side / 2;
        int z = column + tap % side - side / 2;
        if (y >= 0 && y < height && z >= 0 && z < width) {
          meeting.at(
              (plane * height + row) * width + column,
              (plane * height + y) * width + z,
              plane % channels * side * side + tap);
        }
      }
    }
  }

  private static void assertClose(double[] expected, double[] magnitude, double... actual) {
    for (int i = 0; i < expected.length; i++) {
      double error = BF16 * (Math.abs(expected[i]) + magnitude[i]) + 1e-6;
      assertEquals(expected[i], actual[i], error, "at " + i);
    }
  }

  private void checkForward(Operand x, DType parameters, int side, boolean biased) {
    int channels = x.shape().extent(1);
    Operand weight = Elements.random(backend, parameters, random, channels, 1, side, side);
    Operand bias = Elements.random(backend, parameters, random, channels);
    Operand out = Elements.empty(backend, DType.BF16, x.shape().toArray());
    assertTrue(kernels.depthwise(x, weight, biased ? Optional.of(bias) : Optional.empty(), out));
    double[] inputs = Elements.read(backend, x);
    double[] taps = Elements.read(backend, weight);
    double[] biases = Elements.read(backend, bias);
    double[] sums = new double[inputs.length];
    // filters of float32 are rounded to bf16
    double[] magnitudes = new double[inputs.length];
    forEach(
        x.shape(),
        side,
        (output, input, tap) -> {
          sums[output] += inputs[input] * taps[tap];
          magnitudes[output] += parameters == DType.F32 ? Math.abs(inputs[input] * taps[tap]) : 0;
        });
    int plane = x.shape().extent(2) * x.shape().extent(3);
    for (int i = 0; biased && i < sums.length; i++) {
      sums[i] += biases[i / plane % channels];
    }
    assertClose(sums, magnitudes, Elements.read(backend, out));
    assertEquals(0, gpu.conflicts(), "lanes meet in banks of shared memory");
  }

  @Test
  void forward() {
    checkForward(planes(3, 2, 32, 32), DType.BF16, 7, true);
    checkForward(planes(1, 3, 16, 16), DType.F32, 9, false);
    checkForward(planes(5, 1, 7, 8), DType.BF16, 5, true);
    checkForward(planes(1, 1, 3, 4), DType.F32, 3, true);
    checkForward(planes(1, 1, 33, 44), DType.BF16, 7, false);
  }

  /** More pictures than a block computes. */
  @Test
  void manyPictures() {
    checkForward(planes(37, 2, 8, 8), DType.BF16, 3, true);
  }

  @Test
  void backwardInput() {
    for (int side : new int[] {3, 5, 7, 9}) {
      Operand g = planes(2, 2, 10, 12);
      Operand weight = Elements.random(backend, DType.BF16, random, 2, 1, side, side);
      Operand out = Elements.empty(backend, DType.BF16, g.shape().toArray());
      Operand addend = planes(2, 2, 10, 12);
      boolean added = side > 5;
      assertTrue(
          kernels.depthwiseBackwardInput(
              g, weight, added ? Optional.of(addend) : Optional.empty(), out));
      double[] gradients = Elements.read(backend, g);
      double[] taps = Elements.read(backend, weight);
      double[] sums = added ? Elements.read(backend, addend) : new double[gradients.length];
      forEach(
          g.shape(), side, (output, input, tap) -> sums[input] += gradients[output] * taps[tap]);
      assertClose(sums, new double[sums.length], Elements.read(backend, out));
    }
    assertEquals(0, gpu.conflicts(), "lanes meet in banks of shared memory");
  }

  private void checkBackwardWeight(Operand x, Operand g, int side, DType type) {
    int channels = x.shape().extent(1);
    Operand out = Elements.empty(backend, type, channels, 1, side, side);
    assertTrue(kernels.depthwiseBackwardWeight(x, g, out));
    double[] inputs = Elements.read(backend, x);
    double[] gradients = Elements.read(backend, g);
    double[] sums = new double[channels * side * side];
    double[] magnitudes = new double[sums.length];
    forEach(
        x.shape(),
        side,
        (output, input, tap) -> {
          double term = gradients[output] * inputs[input];
          sums[tap] += term;
          magnitudes[tap] += Math.abs(term);
        });
    double[] actual = Elements.read(backend, out);
    for (int i = 0; i < sums.length; i++) {
      double rounding = type == DType.BF16 ? BF16 * Math.abs(sums[i]) : 0;
      assertEquals(sums[i], actual[i], rounding + 1e-6 * magnitudes[i] + 1e-6, "at " + i);
    }
  }

  @Test
  void backwardWeight() {
    checkBackwardWeight(planes(3, 2, 32, 32), planes(3, 2, 32, 32), 7, DType.F32);
    checkBackwardWeight(planes(1, 3, 16, 16), planes(1, 3, 16, 16), 9, DType.BF16);
    checkBackwardWeight(planes(5, 1, 7, 8), planes(5, 1, 7, 8), 5, DType.F32);
    checkBackwardWeight(planes(1, 1, 3, 4), planes(1, 1, 3, 4), 3, DType.F32);
    checkBackwardWeight(planes(1, 1, 33, 44), planes(1, 1, 33, 44), 7, DType.F32);
    // more pictures than a block sums over
    checkBackwardWeight(planes(70, 2, 4, 8), planes(70, 2, 4, 8), 3, DType.F32);
  }

  /** Lanes meet where a block adds up its diagonals, once, and nowhere else. */
  @Test
  void windowsOfTheGradientDoNotMeetInBanks() {
    checkBackwardWeight(planes(1, 1, 32, 32), planes(1, 1, 32, 32), 7, DType.F32);
    long once = gpu.conflicts();
    checkBackwardWeight(planes(8, 1, 32, 32), planes(8, 1, 32, 32), 7, DType.F32);
    assertEquals(2 * once, gpu.conflicts());
  }

  @Test
  void theSameBitsTwice() {
    Operand x = planes(40, 1, 8, 8);
    Operand g = planes(40, 1, 8, 8);
    Operand first = Elements.empty(backend, DType.F32, 1, 1, 7, 7);
    Operand second = Elements.empty(backend, DType.F32, 1, 1, 7, 7);
    assertTrue(kernels.depthwiseBackwardWeight(x, g, first));
    assertTrue(kernels.depthwiseBackwardWeight(x, g, second));
    assertArrayEquals(Elements.read(backend, first), Elements.read(backend, second));
  }

  @Test
  void whatDoesNotFitIsLeftToTheSharedKernels() {
    assertFalse(take(planes(1, 1, 8, 8), 11), "a filter of 11");
    assertFalse(take(planes(1, 1, 8, 6), 3), "rows of 6 elements");
    assertFalse(take(planes(1, 1, 200, 200), 7), "planes larger than shared memory");
    assertFalse(take(Elements.random(backend, DType.F32, random, 1, 1, 8, 8), 3), "float32");
    assertEquals(new TreeSet<>(), gpu.launched());
  }

  private boolean take(Operand x, int side) {
    Operand weight = Elements.random(backend, x.dtype(), random, 1, 1, side, side);
    Operand out = Elements.empty(backend, x.dtype(), x.shape().toArray());
    return kernels.depthwise(x, weight, Optional.empty(), out)
        || kernels.depthwiseBackwardInput(x, weight, Optional.empty(), out)
        || kernels.depthwiseBackwardWeight(x, x, weight);
  }

  // ---- that the emulation finds mistakes

  private void assertFound(String text, String replacement, String finding) {
    var broken = new EmulatedGpu(EmulatedFamilies.with(FAMILY, text, replacement), false);
    var brokenBackend = new GpuBackend(broken);
    Operand x = planes(brokenBackend, random, 9, 1, 16, 16);
    Operand weight = Elements.random(brokenBackend, DType.BF16, random, 1, 1, 7, 7);
    Operand out = Elements.empty(brokenBackend, DType.BF16, 9, 1, 16, 16);
    var error =
        assertThrows(
            EmulationException.class,
            () -> broken.ownKernels(brokenBackend).depthwise(x, weight, Optional.empty(), out));
    assertTrue(error.getMessage().contains(finding), error.getMessage());
  }

  @Test
  void aMissingWaitIsFound() {
    assertFound("awaitCopies<1>();", "", "a wait is missing");
  }

  @Test
  void aMissingBarrierOfTheWarpIsFound() {
    assertFound("    awaitCopies<1>();\n    warpBarrier();", "    awaitCopies<1>();", "no barrier");
  }

  @Test
  void aPlaneThatIsOverwrittenTooEarlyIsFound() {
    String text = "    // the copy that is begun next overwrites this plane\n    warpBarrier();";
    assertFound(text, "", "no barrier lies before it is overwritten");
  }

  @Test
  void aMarginThatIsNotClearedIsFound() {
    assertFound("  clear(sharedStart(), WARPS * 2 * bytes);\n  barrier();", "", "nobody wrote");
  }
}
