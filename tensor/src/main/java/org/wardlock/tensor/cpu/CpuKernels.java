package org.wardlock.tensor.cpu;

import java.util.Optional;
import org.wardlock.tensor.cpu.vector.VectorAttention;
import org.wardlock.tensor.cpu.vector.VectorBinary;
import org.wardlock.tensor.cpu.vector.VectorDepthwise;
import org.wardlock.tensor.cpu.vector.VectorGemm;
import org.wardlock.tensor.cpu.vector.VectorLanes;
import org.wardlock.tensor.cpu.vector.VectorMath;
import org.wardlock.tensor.cpu.vector.VectorNorm;
import org.wardlock.tensor.cpu.vector.VectorOptimizer;
import org.wardlock.tensor.cpu.vector.VectorRandom;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * The kernels a CPU backend computes with: all by the Vector API, or all without. Both give the
 * same bits.
 *
 * @param name {@code vector} or {@code scalar}
 * @param refusal why the Vector API is not used, and what to do about it
 */
record CpuKernels(
    String name,
    Optional<String> refusal,
    GemmKernel gemm,
    ConvolutionKernel convolution,
    DepthwiseKernel depthwise,
    AttentionKernel attention,
    MathKernel math,
    BinaryKernel binary,
    LaneKernel lanes,
    NormKernel norm,
    OptimizerKernel optimizer,
    RandomKernel random) {

  private static final System.Logger LOG = System.getLogger("org.wardlock.tensor");

  /** The fastest kernels this JVM can run. */
  static CpuKernels choose() {
    return VectorSupport.refusal().map(CpuKernels::scalar).orElseGet(CpuKernels::vector);
  }

  /** Chooses, and says so in the log if it is not the fast ones. */
  static CpuKernels chooseAndLog() {
    CpuKernels chosen = choose();
    chosen
        .refusal()
        .ifPresent(
            reason -> LOG.log(System.Logger.Level.INFO, "CPU kernels are scalar: " + reason));
    return chosen;
  }

  /** Kernels without the Vector API. */
  static CpuKernels scalar(String refusal) {
    MathKernel math = new ScalarMath();
    return new CpuKernels(
        "scalar",
        Optional.of(refusal),
        new ScalarGemm(),
        new ConvolutionKernel(new ScalarGemmTile()),
        new ScalarDepthwise(),
        new ScalarAttention(inPlace(math, UnaryOp.EXP)),
        math,
        new ScalarBinary(),
        new ScalarLanes(),
        new ScalarNorm(),
        new ScalarOptimizer(),
        new ScalarRandom());
  }

  /** Kernels by the Vector API; {@link VectorSupport} must not have refused it. */
  static CpuKernels vector() {
    MathKernel math = new VectorMath();
    return new CpuKernels(
        "vector",
        Optional.empty(),
        new VectorGemm(),
        new ConvolutionKernel(VectorGemm.tile()),
        new VectorDepthwise(),
        new VectorAttention(inPlace(math, UnaryOp.EXP)),
        math,
        new VectorBinary(),
        new VectorLanes(),
        new VectorNorm(),
        new VectorOptimizer(),
        new VectorRandom());
  }

  /** A function as an operation on rows. */
  RowOperation inPlace(UnaryOp op) {
    return inPlace(math, op);
  }

  private static RowOperation inPlace(MathKernel math, UnaryOp op) {
    return (values, offset, length) -> math.unary(op, values, offset, values, offset, length);
  }
}
