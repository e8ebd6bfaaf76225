package org.wardlock.kernels.cuda.tensorcore;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.wardlock.kernels.source.DeviceKernels;
import org.wardlock.kernels.source.GpuKernel;
import org.wardlock.kernels.source.KernelArguments;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Operand;

/**
 * What tensor cores compute: on operands of bf16, and on those of float32 where it was allowed to
 * round them to tf32, which keeps 10 of the 23 bits of a mantissa.
 */
public final class TensorCores implements DeviceKernels {
  private final TensorModules modules;
  private final TensorGemm gemm;
  private final TensorAttention attention;
  private final TensorDepthwise depthwise;
  private final ConcurrentHashMap<Loaded, GpuKernel> kernels = new ConcurrentHashMap<>();

  private record Loaded(String kernel, int sharedBytes) {}

  /**
   * Computes through a device's modules.
   *
   * @param backend for memory between two stages
   * @param tf32 whether operands of float32 may be rounded
   */
  public TensorCores(TensorModules modules, Backend backend, boolean tf32) {
    this.modules = modules;
    this.gemm = new TensorGemm(this, backend, tf32, modules.hasWarpgroups());
    this.attention = new TensorAttention(this, modules.largestSharedBytes());
    this.depthwise = new TensorDepthwise(this, backend, modules.largestSharedBytes());
  }

  @Override
  public boolean gemm(Operand a, Operand b, Operand out, Epilogue epilogue) {
    return gemm.multiply(a, b, out, epilogue);
  }

  @Override
  public boolean attention(Operand qkv, float scale, Operand out, Operand logSumExp) {
    return attention.forward(qkv, scale, out, logSumExp);
  }

  @Override
  public boolean attentionBackward(
      Operand qkv, float scale, Operand out, Operand logSumExp, Operand g, Operand gradQkv) {
    return attention.backward(qkv, scale, out, logSumExp, g, gradQkv);
  }

  @Override
  public boolean depthwise(Operand x, Operand weight, Optional<Operand> bias, Operand out) {
    return depthwise.convolve(x, weight, bias, false, Optional.empty(), out);
  }

  @Override
  public boolean depthwiseBackwardInput(
      Operand g, Operand weight, Optional<Operand> addend, Operand out) {
    return depthwise.convolve(g, weight, Optional.empty(), true, addend, out);
  }

  @Override
  public boolean depthwiseBackwardWeight(Operand x, Operand g, Operand out) {
    return depthwise.backwardWeight(x, g, out);
  }

  /** Launches a kernel with so much shared memory for each block. */
  void launch(
      String family,
      String name,
      int sharedBytes,
      int blocks,
      int threads,
      KernelArguments arguments) {
    GpuKernel kernel =
        kernels.computeIfAbsent(
            new Loaded(name, sharedBytes), _ -> modules.kernel(family, name, sharedBytes));
    modules.launch(kernel, blocks, threads, arguments);
    arguments.launched();
  }
}
