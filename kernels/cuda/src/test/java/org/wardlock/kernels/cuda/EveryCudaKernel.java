package org.wardlock.kernels.cuda;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.wardlock.kernels.source.testing.EveryKernel;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Operand;

/**
 * Launches each kernel at least once, for tools that watch a program on a GPU: bench/gpu/run.sh
 * starts it under compute-sanitizer. Those for Hopper are launched on Hopper alone.
 */
public final class EveryCudaKernel {
  /** Shared kernels whose work tensor cores always do. */
  private static final Set<String> NEVER_LAUNCHED = Set.of("gemmBf16");

  private static final String TF32 = "wardlock.cuda.tf32";
  private static final String WARPGROUPS = "wardlock.cuda.warpgroups";

  // multiples of no tile; of the columns, each is for another of two tiles of warpgroups
  private static final int ROWS = 152;
  private static final int[] COLUMNS = {136, 248};
  private static final int INNER = 72;

  /** Long enough to be summed in slices. */
  private static final int LONG_INNER = 4168;

  private EveryCudaKernel() {}

  /** Launches them on the first GPU. */
  public static void main(String... arguments) {
    System.out.println("launched each kernel on " + launch());
    System.exit(0); // frees what the driver's own threads would hold
  }

  /** The names of all kernels that a CUDA device launches. */
  static Set<String> names() {
    var names = new TreeSet<String>();
    for (KernelBinaries binaries :
        new KernelBinaries[] {KernelBinaries.load(), KernelBinaries.loadOwn()}) {
      binaries
          .manifest()
          .families()
          .values()
          .forEach(family -> names.addAll(family.kernels().keySet()));
    }
    names.removeAll(NEVER_LAUNCHED);
    return names;
  }

  /** Launches them on the first GPU, waits, and says which that is. */
  static String launch() {
    String description = "";
    try {
      for (String allowed : List.of("false", "true")) {
        System.setProperty(TF32, allowed);
        System.setProperty(WARPGROUPS, allowed);
        try (Backend backend = new CudaBackendProvider().open(0)) {
          launch(backend);
          description = backend.description();
        }
      }
    } finally {
      System.clearProperty(TF32);
      System.clearProperty(WARPGROUPS);
    }
    return description;
  }

  private static void launch(Backend backend) {
    EveryKernel.launch(backend);
    for (int columns : COLUMNS) {
      for (boolean leftTransposed : new boolean[] {false, true}) {
        for (boolean rightTransposed : new boolean[] {false, true}) {
          for (DType outType : List.of(DType.F32, DType.BF16)) {
            multiply(backend, DType.BF16, outType, INNER, columns, leftTransposed, rightTransposed);
          }
          multiply(backend, DType.F32, DType.F32, INNER, columns, leftTransposed, rightTransposed);
        }
      }
    }
    for (DType outType : List.of(DType.F32, DType.BF16)) {
      multiply(backend, DType.BF16, outType, LONG_INNER, COLUMNS[0], false, false);
    }
    for (int width : new int[] {32, 64}) {
      for (int tokens : new int[] {65, 197, 241}) {
        attend(backend, tokens, width);
      }
    }
    for (int side : new int[] {3, 5, 7, 9}) {
      convolve(backend, side);
    }
    backend.synchronize();
  }

  private static void multiply(
      Backend backend,
      DType dtype,
      DType outType,
      int inner,
      int columns,
      boolean leftTransposed,
      boolean rightTransposed) {
    Operand a = matrix(backend, dtype, ROWS, inner, leftTransposed);
    Operand b = matrix(backend, dtype, inner, columns, rightTransposed);
    Operand out = Elements.empty(backend, outType, 1, ROWS, columns);
    backend.fill(a, 1);
    backend.fill(b, 1);
    backend.gemm(a, b, out, Epilogue.NONE);
    release(a, b, out);
  }

  private static void attend(Backend backend, int tokens, int width) {
    Operand qkv = Elements.empty(backend, DType.BF16, 2, tokens, 3, 2, width);
    Operand gradient = Elements.empty(backend, DType.BF16, 2, tokens, 3, 2, width);
    Operand out = Elements.empty(backend, DType.BF16, 2, tokens, 2, width);
    Operand logSumExp = Elements.empty(backend, DType.F32, 2, 2, tokens);
    backend.fill(qkv, 1);
    backend.attention(qkv, 0.125f, out, logSumExp);
    backend.attentionBackward(qkv, 0.125f, out, logSumExp, out, gradient);
    release(qkv, gradient, out, logSumExp);
  }

  private static void convolve(Backend backend, int side) {
    Operand x = Elements.empty(backend, DType.BF16, 33, 3, 20, 20);
    Operand out = Elements.empty(backend, DType.BF16, 33, 3, 20, 20);
    Operand weight = Elements.empty(backend, DType.F32, 3, 1, side, side);
    Operand bias = Elements.empty(backend, DType.F32, 3);
    backend.fill(x, 1);
    backend.fill(weight, 1);
    backend.fill(bias, 1);
    backend.depthwise(x, weight, Optional.of(bias), out);
    backend.depthwiseBackwardInput(x, weight, out);
    backend.depthwiseBackwardWeight(x, out, weight);
    release(x, out, weight, bias);
  }

  private static void release(Operand... operands) {
    for (Operand operand : operands) {
      operand.storage().release();
    }
  }

  private static Operand matrix(
      Backend backend, DType dtype, int rows, int columns, boolean transposed) {
    if (!transposed) {
      return Elements.empty(backend, dtype, 1, rows, columns);
    }
    Operand other = Elements.empty(backend, dtype, 1, columns, rows);
    return other.with(other.layout().permute(0, 2, 1));
  }
}
