package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.wardlock.kernels.source.GpuBackend;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Operand;

/** Matrix products by warpgroups, run on the CPU, against sums in double. */
class HopperGemmTest {
  private static final String FAMILY = "hopper_gemm";

  private final Random random = new Random(13);
  private final EmulatedGpu gpu =
      new EmulatedGpu(EmulatedFamilies.of(FAMILY, "tensor_gemm"), true, true);
  private final GpuBackend backend = new GpuBackend(gpu);

  private Operand matrix(boolean rowsContiguous, int batch, int rows, int columns) {
    return GemmCases.matrix(backend, random, DType.BF16, rowsContiguous, batch, rows, columns);
  }

  private void check(boolean aInner, boolean bInner, DType type, int rows, int inner, int columns) {
    GemmCases.check(
        gpu,
        backend,
        aInner + " " + bInner + " " + type + " " + columns,
        matrix(aInner, 1, rows, inner),
        matrix(!bInner, 1, inner, columns),
        Elements.empty(backend, type, 1, rows, columns),
        Epilogue.NONE);
  }

  @Test
  void everyOrderAndTile() {
    for (int columns : new int[] {45, 200}) {
      for (boolean aInner : new boolean[] {true, false}) {
        for (boolean bInner : new boolean[] {true, false}) {
          check(aInner, bInner, DType.BF16, 131, 75, columns);
          check(aInner, bInner, DType.F32, 70, 330, columns);
        }
      }
    }
    assertEquals(16, gpu.launched().size(), gpu.launched().toString());
    assertEquals(0, gpu.conflicts(), "lanes meet in banks of shared memory");
  }

  @Test
  void batchesSlicesAndEpilogues() {
    Operand a = matrix(true, 2, 20, 70);
    Operand b = matrix(true, 2, 70, 30);
    Operand bias = Elements.random(backend, DType.F32, random, 20);
    var epilogue = new Epilogue.Bias(bias, Epilogue.Along.ROWS, Activation.GELU);
    Operand out = Elements.random(backend, DType.BF16, random, 2, 20, 30);
    GemmCases.check(gpu, backend, "batch", a, b, out, epilogue);
    Operand sum = Elements.random(backend, DType.F32, random, 1, 20, 30);
    GemmCases.check(gpu, backend, "added up", a, b, sum, new Epilogue.Accumulate());
    GemmCases.check(
        gpu,
        backend,
        "slices",
        matrix(false, 1, 6, 4200),
        matrix(true, 1, 4200, 10),
        Elements.empty(backend, DType.F32, 1, 6, 10),
        Epilogue.NONE);
    assertTrue(gpu.launched().containsAll(List.of("hopperBf16FloatMN192", "sumSlicesFloat")));
  }

  @Test
  void otherTypesAreNotForWarpgroups() {
    GemmCases.check(
        gpu,
        backend,
        "tf32",
        Elements.random(backend, DType.F32, random, 1, 20, 20),
        Elements.random(backend, DType.F32, random, 1, 20, 20),
        Elements.empty(backend, DType.F32, 1, 20, 20),
        Epilogue.NONE);
    assertEquals(new TreeSet<>(List.of("gemmTf32KN")), gpu.launched());
  }

  // ---- that the emulation finds mistakes

  private static void assertFound(String text, String replacement, String finding) {
    var broken = new EmulatedGpu(EmulatedFamilies.with(FAMILY, text, replacement), false, true);
    var brokenBackend = new GpuBackend(broken);
    var random = new Random(1);
    Operand a = GemmCases.matrix(brokenBackend, random, DType.BF16, true, 1, 130, 500);
    Operand b = GemmCases.matrix(brokenBackend, random, DType.BF16, true, 1, 500, 40);
    Operand out = Elements.empty(brokenBackend, DType.F32, 1, 130, 40);
    var error =
        assertThrows(
            Throwable.class,
            () -> GemmCases.check(broken, brokenBackend, "product", a, b, out, Epilogue.NONE));
    assertTrue(error.getMessage().contains(finding), error.getMessage());
  }

  @Test
  void aMissingWaitForCopiesIsFound() {
    assertFound("awaitCopies<STAGES - 3>();", "", "a wait is missing");
  }

  @Test
  void aMissingFenceOfTheProxyIsFound() {
    assertFound("    fenceForTensorCores();\n", "", "no fence has shown");
  }

  @Test
  void aMissingFenceOfRegistersIsFound() {
    assertFound("    fenceProducts();\n", "", "without a fence of its registers");
  }

  @Test
  void aMissingBarrierIsFound() {
    assertFound("    barrier();\n    steps.beginNext();", "    steps.beginNext();", "no barrier");
  }

  @Test
  void aStageThatIsOverwrittenTooEarlyIsFound() {
    assertFound("awaitProducts<1>();", "awaitProducts<2>();", "overwrites what a product");
  }

  @Test
  void aMissingWaitForProductsIsFound() {
    assertFound("  awaitProducts<0>();\n", "", "products that it began are on their way");
  }

  @Test
  void aWrongSwizzleIsFound() {
    assertFound("(chunk ^ row % 8)", "(chunk ^ row / 2 % 8)", "product at 0");
  }

  @Test
  void aWrongDescriptorIsFound() {
    assertFound(
        "describe(start, GROUP_BYTES, PATTERN_BYTES)",
        "describe(start, PATTERN_BYTES, GROUP_BYTES)",
        "hopperBf16FloatKN192");
  }
}
