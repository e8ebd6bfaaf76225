package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.wardlock.kernels.cuda.EmulatedGpu.EmulationException;
import org.wardlock.kernels.source.DeviceKernels;
import org.wardlock.kernels.source.GpuBackend;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Matrix products on tensor cores, run on the CPU, against sums in double. */
class TensorGemmTest {
  private static final String FAMILY = "tensor_gemm";

  /** Types of the operands and of the product. */
  private record Types(DType operands, DType product) {}

  private static final List<Types> TYPES =
      List.of(
          new Types(DType.BF16, DType.BF16),
          new Types(DType.BF16, DType.F32),
          new Types(DType.F32, DType.F32));

  private final Random random = new Random(7);
  private final EmulatedGpu gpu = new EmulatedGpu(EmulatedFamilies.of(FAMILY), true);
  private final GpuBackend backend = new GpuBackend(gpu);
  private final DeviceKernels kernels = gpu.ownKernels(backend);

  private Operand left(DType dtype, boolean innerContiguous, int batch, int rows, int inner) {
    return GemmCases.matrix(backend, random, dtype, innerContiguous, batch, rows, inner);
  }

  private void check(String name, Operand a, Operand b, Operand out, Epilogue epilogue) {
    GemmCases.check(gpu, backend, name, a, b, out, epilogue);
  }

  private Operand right(DType dtype, boolean innerContiguous, int batch, int inner, int columns) {
    return GemmCases.matrix(backend, random, dtype, !innerContiguous, batch, inner, columns);
  }

  @Test
  void everyOrderOfEveryType() {
    for (Types types : TYPES) {
      for (boolean aInner : new boolean[] {true, false}) {
        for (boolean bInner : new boolean[] {true, false}) {
          check(
              types + " " + aInner + " " + bInner,
              left(types.operands(), aInner, 1, 131, 75),
              right(types.operands(), bInner, 1, 75, 45),
              Elements.empty(backend, types.product(), 1, 131, 45),
              Epilogue.NONE);
        }
      }
    }
    assertEquals(0, gpu.conflicts(), "lanes meet in banks of shared memory");
  }

  @Test
  void manyTilesAndLongSums() {
    check(
        "wide",
        left(DType.BF16, true, 1, 150, 200),
        right(DType.BF16, true, 1, 200, 264),
        Elements.empty(backend, DType.BF16, 1, 150, 264),
        Epilogue.NONE);
    // more than a band of tile rows
    check(
        "tall",
        left(DType.BF16, false, 1, 9 * 128 + 5, 9),
        right(DType.BF16, false, 1, 9, 130),
        Elements.empty(backend, DType.F32, 1, 9 * 128 + 5, 130),
        Epilogue.NONE);
  }

  @Test
  void batches() {
    for (Types types : TYPES) {
      Operand a = left(types.operands(), true, 3, 20, 33);
      Operand b = right(types.operands(), false, 3, 33, 18);
      Operand out = Elements.empty(backend, types.product(), 3, 20, 18);
      check("batch " + types, a, b, out, Epilogue.NONE);
      Layout one = b.layout();
      long[] repeated = {0, one.stride(1), one.stride(2)};
      Operand same = b.with(Layout.of(one.shape(), repeated, one.offset()));
      check("one right operand " + types, a, same, out, Epilogue.NONE);
      Operand sum = Elements.empty(backend, types.product(), 1, 20, 18);
      check("added up " + types, a, b, sum, Epilogue.NONE);
    }
  }

  @Test
  void epilogues() {
    for (Types types : TYPES) {
      Operand a = left(types.operands(), true, 2, 19, 16);
      Operand b = right(types.operands(), true, 2, 16, 14);
      Operand out = Elements.random(backend, types.product(), random, 2, 19, 14);
      check("accumulate " + types, a, b, out, new Epilogue.Accumulate());
      for (DType biasType : List.of(DType.F32, DType.BF16)) {
        for (Activation activation : Activation.values()) {
          for (Epilogue.Along along : Epilogue.Along.values()) {
            int length = along == Epilogue.Along.ROWS ? 19 : 14;
            Layout layout = Layout.of(Shape.of(length), new long[] {1}, 3);
            Operand bias = Elements.random(backend, biasType, random, layout, length + 3);
            check(
                types + " " + biasType + " " + along + " " + activation,
                a,
                b,
                out,
                new Epilogue.Bias(bias, along, activation));
          }
        }
      }
    }
  }

  /** Weight gradients: few tiles, a long sum in slices. */
  @Test
  void slices() {
    Operand a = left(DType.BF16, false, 2, 10, 3000);
    Operand b = right(DType.BF16, false, 2, 3000, 12);
    Operand bias = Elements.random(backend, DType.F32, random, 12);
    var epilogue = new Epilogue.Bias(bias, Epilogue.Along.COLUMNS, Activation.RELU);
    for (DType product : List.of(DType.F32, DType.BF16)) {
      check("slices " + product, a, b, Elements.empty(backend, product, 1, 10, 12), Epilogue.NONE);
      check("biased slices", a, b, Elements.empty(backend, product, 1, 10, 12), epilogue);
      Operand grown = Elements.random(backend, product, random, 1, 10, 12);
      check("more slices", a, b, grown, new Epilogue.Accumulate());
    }
    check(
        "slices of tf32, odd",
        left(DType.F32, true, 2, 3, 4100),
        right(DType.F32, false, 2, 4100, 5),
        Elements.empty(backend, DType.F32, 2, 3, 5),
        Epilogue.NONE);
    assertTrue(gpu.launched().containsAll(List.of("sumSlicesFloat", "sumSlicesBf16")));
  }

  @Test
  void theSameBitsTwiceAndInEveryBatch() {
    Operand a = left(DType.BF16, true, 3, 20, 40);
    Operand b = right(DType.BF16, false, 3, 40, 24);
    Operand all = Elements.empty(backend, DType.F32, 3, 20, 24);
    Operand again = Elements.empty(backend, DType.F32, 3, 20, 24);
    Operand last = Elements.empty(backend, DType.F32, 1, 20, 24);
    assertTrue(kernels.gemm(a, b, all, Epilogue.NONE));
    assertTrue(kernels.gemm(a, b, again, Epilogue.NONE));
    assertTrue(
        kernels.gemm(
            a.with(a.layout().slice(0, 2, 3)),
            b.with(b.layout().slice(0, 2, 3)),
            last,
            Epilogue.NONE));
    double[] expected = Elements.read(backend, all);
    assertEquals(boxed(expected), boxed(Elements.read(backend, again)));
    assertEquals(
        boxed(expected).subList(2 * 20 * 24, 3 * 20 * 24), boxed(Elements.read(backend, last)));
  }

  private static List<Double> boxed(double... values) {
    return java.util.Arrays.stream(values).boxed().toList();
  }

  @Test
  void whatDoesNotFitIsLeftToTheSharedKernels() {
    Operand a = left(DType.F32, true, 1, 20, 16);
    Operand b = right(DType.F32, true, 1, 16, 20);
    Operand out = Elements.empty(backend, DType.F32, 1, 20, 20);
    var exact = new EmulatedGpu(EmulatedFamilies.of(FAMILY), false).ownKernels(backend);
    assertFalse(exact.gemm(a, b, out, Epilogue.NONE), "float32 is rounded without being asked");
    Operand mixed = left(DType.BF16, true, 1, 20, 16);
    assertFalse(kernels.gemm(mixed, b, out, Epilogue.NONE), "two types");
    Operand none = Elements.empty(backend, DType.F32, 1, 20, 0);
    Operand nothing = Elements.empty(backend, DType.F32, 1, 0, 20);
    assertFalse(kernels.gemm(none, nothing, out, Epilogue.NONE), "an empty sum");
    assertEquals(new TreeSet<>(), gpu.launched());
  }

  /** Rows that do not begin at multiples of 16 bytes, and elements with gaps between them. */
  @Test
  void anyStrides() {
    for (Types types : TYPES) {
      Operand odd = Elements.random(backend, types.operands(), random, 2, 21, 17);
      Operand other = Elements.random(backend, types.operands(), random, 2, 17, 19);
      Operand out = Elements.empty(backend, types.product(), 2, 21, 19);
      check("rows of 17 " + types, odd, other, out, Epilogue.NONE);
      Layout gaps = Layout.of(Shape.of(2, 21, 17), new long[] {1, 80, 4}, 3);
      Operand sparse = Elements.random(backend, types.operands(), random, gaps, 21 * 80);
      check("with gaps " + types, sparse, other, out, Epilogue.NONE);
      Layout repeated = Layout.of(Shape.of(2, 21, 17), new long[] {0, 17, 1}, 1);
      Operand one = Elements.random(backend, types.operands(), random, repeated, 21 * 17 + 1);
      check("repeated " + types, one, other, out, Epilogue.NONE);
    }
  }

  @Test
  void stridesDoNotChangeBits() {
    Operand a = left(DType.BF16, true, 1, 20, 40);
    Operand b = right(DType.BF16, true, 1, 40, 24);
    Operand expected = Elements.empty(backend, DType.F32, 1, 20, 24);
    assertTrue(kernels.gemm(a, b, expected, Epilogue.NONE));
    for (long[] strides : List.of(new long[] {0, 90, 2}, new long[] {0, 1, 24})) {
      Layout layout = Layout.of(Shape.of(1, 20, 40), strides, 8);
      var same = new Operand(backend.allocate(DType.BF16, layout.end()), layout);
      backend.copy(a, same);
      Operand out = Elements.empty(backend, DType.F32, 1, 20, 24);
      assertTrue(kernels.gemm(same, b, out, Epilogue.NONE));
      assertEquals(boxed(Elements.read(backend, expected)), boxed(Elements.read(backend, out)));
    }
  }

  // ---- that the emulation finds mistakes

  private void assertFound(String text, String replacement, String finding) {
    var broken = new EmulatedGpu(EmulatedFamilies.with(FAMILY, text, replacement), true);
    var brokenBackend = new GpuBackend(broken);
    Operand a = GemmCases.matrix(brokenBackend, random, DType.BF16, true, 1, 130, 203);
    Operand b = GemmCases.matrix(brokenBackend, random, DType.BF16, false, 1, 203, 45);
    Operand out = Elements.empty(brokenBackend, DType.F32, 1, 130, 45);
    var error =
        assertThrows(
            EmulationException.class,
            () -> broken.ownKernels(brokenBackend).gemm(a, b, out, Epilogue.NONE));
    assertTrue(error.getMessage().contains(finding), error.getMessage());
  }

  @Test
  void aMissingWaitIsFound() {
    assertFound("awaitCopies<STAGES - 2>();", "", "a wait is missing");
  }

  @Test
  void aWaitThatIsTooShortIsFound() {
    assertFound("awaitCopies<STAGES - 2>();", "awaitCopies<STAGES - 1>();", "a wait is missing");
  }

  @Test
  void aMissingBarrierIsFound() {
    assertFound("    barrier();\n    steps.beginNext();", "    steps.beginNext();", "no barrier");
  }

  @Test
  void aMissingBarrierOfTheWarpIsFound() {
    assertFound("    warpBarrier();\n#pragma unroll 1", "#pragma unroll 1", "no barrier");
  }

  @Test
  void aReadBeyondTheEdgeIsFound() {
    assertFound(
        "inside ? smaller(left * SIZE, CHUNK) : 0", "inside ? CHUNK : 0", "outside of the launch");
  }

  @Test
  void aWrongSwizzleIsFound() {
    String right = "row / 2 % 4 : SIZE == 2 ? row % 8";
    // consistent, but lanes meet
    var slow = new EmulatedGpu(EmulatedFamilies.with(FAMILY, right, "0 : SIZE == 2 ? 0"), true);
    var slowBackend = new GpuBackend(slow);
    Operand a = GemmCases.matrix(slowBackend, random, DType.BF16, true, 1, 20, 40);
    Operand b = GemmCases.matrix(slowBackend, random, DType.BF16, false, 1, 40, 20);
    Operand out = Elements.empty(slowBackend, DType.F32, 1, 20, 20);
    assertTrue(slow.ownKernels(slowBackend).gemm(a, b, out, Epilogue.NONE));
    assertTrue(slow.conflicts() > 0, "no conflict was counted");
    // not one to one
    assertFound("(chunk ^ change)", "(chunk & ~change)", "");
  }
}
