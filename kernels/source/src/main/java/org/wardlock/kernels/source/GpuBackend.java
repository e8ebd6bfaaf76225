package org.wardlock.kernels.source;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.MixerOperands;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.RepeatedWork;
import org.wardlock.tensor.spi.SgdSettings;
import org.wardlock.tensor.spi.Storage;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * A backend of kernels that OpenCL and CUDA share, launched through a {@link GpuRuntime}: memory
 * here, each family of kernels in a class of its own. It has the primitives and the fused
 * operations that pay on every GPU; the rest are the composed defaults.
 */
public final class GpuBackend implements Backend {
  /** Kernels count elements with 32-bit integers. */
  private static final long LARGEST_STORAGE = Integer.MAX_VALUE;

  private final GpuRuntime runtime;
  private final KernelLibrary kernels;
  private final GpuMovement movement;
  private final GpuPointwise pointwise;
  private final GpuReductions reductions;
  private final GpuSoftmax softmax;
  private final GpuLayerNorm layerNorm;
  private final GpuBatchNorm batchNorm;
  private final GpuProducts products;
  private final DeviceKernels own;
  private final GpuAttention attention;
  private final GpuMixer mixer;
  private final GpuUpdates updates;
  private final AtomicLong bytesInUse = new AtomicLong();

  /** Computes on the runtime's device. */
  public GpuBackend(GpuRuntime runtime) {
    this.runtime = runtime;
    this.kernels = new KernelLibrary(runtime);
    this.movement = new GpuMovement(kernels);
    this.pointwise = new GpuPointwise(kernels);
    this.reductions = new GpuReductions(this, kernels);
    this.softmax = new GpuSoftmax(kernels);
    this.layerNorm = new GpuLayerNorm(this, kernels);
    this.batchNorm = new GpuBatchNorm(this, kernels);
    this.products = new GpuProducts(kernels);
    this.own = runtime.ownKernels(this);
    this.attention = new GpuAttention(this, kernels);
    this.mixer = new GpuMixer(this, batchNorm);
    this.updates = new GpuUpdates(kernels);
  }

  // ---- devices and memory

  @Override
  public Device device() {
    return runtime.device();
  }

  @Override
  public String description() {
    return runtime.description();
  }

  @Override
  public boolean computesWith(DType type) {
    return type == DType.F32 || type == DType.BF16;
  }

  @Override
  public Storage allocate(DType dtype, long size) {
    long bytes = Math.max(1, size * dtype.bytes());
    return storage(dtype, size, bytes, () -> runtime.allocate(bytes));
  }

  @Override
  public Storage uploadAhead(DType dtype, MemorySegment source) {
    long bytes = source.byteSize();
    return bytes == 0
        ? allocate(dtype, 0)
        : storage(dtype, bytes / dtype.bytes(), bytes, () -> runtime.uploadAhead(source));
  }

  private Storage storage(DType dtype, long size, long bytes, Supplier<GpuMemory> allocation) {
    if (size > LARGEST_STORAGE) {
      throw noRoom(dtype, size, "at most " + LARGEST_STORAGE + " elements a tensor", null);
    }
    GpuMemory memory;
    try {
      memory = allocation.get();
    } catch (DeviceException e) {
      throw noRoom(dtype, size, e.getMessage(), e);
    }
    bytesInUse.addAndGet(bytes);
    return new GpuStorage(this, dtype, size, memory, bytes, bytesInUse);
  }

  private DeviceException noRoom(DType dtype, long size, String reason, DeviceException cause) {
    String message =
        "device "
            + device()
            + ": no room for "
            + size
            + " "
            + dtype
            + " elements with "
            + bytesInUse
            + " bytes in use: "
            + reason;
    return cause == null ? new DeviceException(message) : new DeviceException(message, cause);
  }

  @Override
  public void upload(MemorySegment source, Storage target, long offset) {
    if (source.byteSize() > 0) {
      try {
        runtime.upload(source, ((GpuStorage) target).memory(), offset * target.dtype().bytes());
      } finally {
        // a storage that nobody else holds must not be collected, and its memory freed, before
        Reference.reachabilityFence(target);
      }
    }
  }

  @Override
  public void download(Storage source, long offset, MemorySegment target) {
    if (target.byteSize() > 0) {
      try {
        runtime.download(((GpuStorage) source).memory(), offset * source.dtype().bytes(), target);
      } finally {
        Reference.reachabilityFence(source);
      }
    }
  }

  @Override
  public int reductionChunk() {
    return GpuReductions.CHUNK;
  }

  @Override
  public void trim() {
    runtime.trim();
  }

  @Override
  public Optional<RepeatedWork> repeated(String name, Runnable work) {
    return runtime.repeated(name, work);
  }

  @Override
  public void synchronize() {
    runtime.synchronize();
  }

  @Override
  public void close() {
    runtime.close();
  }

  // ---- movement

  @Override
  public void fill(Operand out, double value) {
    movement.fill(out, value);
  }

  @Override
  public void copy(Operand x, Operand out) {
    movement.copy(x, out);
  }

  @Override
  public void cast(Operand x, Operand out) {
    movement.cast(x, out);
  }

  @Override
  public void gather(Operand x, int axis, Operand index, Operand out) {
    movement.gather(x, axis, index, out);
  }

  @Override
  public void scatterAdd(Operand x, int axis, Operand index, Operand out) {
    movement.scatterAdd(x, axis, index, out);
  }

  @Override
  public void movePictures(Operand x, Operand moves, Operand out) {
    movement.movePictures(x, moves, out);
  }

  // ---- element by element

  @Override
  public void unary(UnaryOp op, Operand x, Operand out) {
    pointwise.unary(op, x, out);
  }

  @Override
  public void unaryGradient(UnaryOp op, Operand saved, Operand g, Operand out) {
    pointwise.unaryGradient(op, saved, g, out);
  }

  @Override
  public void affine(Operand x, float scale, float shift, Operand out) {
    pointwise.affine(x, scale, shift, out);
  }

  @Override
  public void clamp(Operand x, float low, float high, Operand out) {
    pointwise.clamp(x, low, high, out);
  }

  @Override
  public void binary(BinaryOp op, Operand a, Operand b, Operand out) {
    pointwise.binary(op, a, b, out);
  }

  @Override
  public void multiplyAdd(Operand a, Operand b, Operand c, Operand out) {
    pointwise.multiplyAdd(a, b, c, out);
  }

  @Override
  public void where(Operand condition, Operand a, Operand b, Operand out) {
    pointwise.where(condition, a, b, out);
  }

  // ---- rows

  @Override
  public void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    reductions.reduce(op, x, axes, out);
  }

  @Override
  public void topK(Operand x, int k, Operand values, Operand indices) {
    reductions.topK(x, k, values, indices);
  }

  @Override
  public void softmax(Operand x, boolean logarithm, Operand out) {
    softmax.forward(x, logarithm, out);
  }

  @Override
  public void softmaxBackward(Operand y, Operand g, boolean logarithm, Operand out) {
    softmax.backward(y, g, logarithm, out);
  }

  @Override
  public void crossEntropy(Operand logits, Operand target, Operand loss, Operand gradLogits) {
    softmax.crossEntropy(logits, target, loss, gradLogits);
  }

  @Override
  public void layerNorm(
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Operand out,
      Operand mean,
      Operand rstd) {
    layerNorm.forward(x, weight, bias, epsilon, out, mean, rstd);
  }

  @Override
  public void layerNormBackward(
      Operand x,
      Operand weight,
      Operand mean,
      Operand rstd,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    layerNorm.backward(x, weight, mean, rstd, g, gradX, gradWeight, gradBias);
  }

  // ---- channels

  @Override
  public void batchNorm(
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Operand out,
      Operand mean,
      Operand variance) {
    batchNorm.forward(
        new GpuBatchNorm.Before(Activation.IDENTITY),
        x,
        weight,
        bias,
        epsilon,
        Optional.empty(),
        out,
        mean,
        variance);
  }

  @Override
  public void batchNormBackward(
      Operand x,
      Operand weight,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    batchNorm.backward(
        new GpuBatchNorm.Before(Activation.IDENTITY),
        x,
        weight,
        mean,
        variance,
        epsilon,
        g,
        gradX,
        gradWeight,
        gradBias);
  }

  /** Fused for the functions that are activations; composed for others. */
  @Override
  public void activatedBatchNorm(
      UnaryOp function,
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Optional<Operand> addend,
      Operand out,
      Operand mean,
      Operand variance) {
    Optional<GpuBatchNorm.Before> before = before(function);
    if (before.isPresent()) {
      batchNorm.forward(before.get(), x, weight, bias, epsilon, addend, out, mean, variance);
    } else {
      Backend.super.activatedBatchNorm(
          function, x, weight, bias, epsilon, addend, out, mean, variance);
    }
  }

  /** Fused for the functions that are activations; composed for others. */
  @Override
  public void activatedBatchNormBackward(
      UnaryOp function,
      Operand x,
      Operand weight,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    Optional<GpuBatchNorm.Before> before = before(function);
    if (before.isPresent()) {
      batchNorm.backward(
          before.get(), x, weight, mean, variance, epsilon, g, gradX, gradWeight, gradBias);
    } else {
      Backend.super.activatedBatchNormBackward(
          function, x, weight, mean, variance, epsilon, g, gradX, gradWeight, gradBias);
    }
  }

  private static Optional<GpuBatchNorm.Before> before(UnaryOp function) {
    return switch (function) {
      case RELU -> Optional.of(new GpuBatchNorm.Before(Activation.RELU));
      case GELU -> Optional.of(new GpuBatchNorm.Before(Activation.GELU));
      default -> Optional.empty();
    };
  }

  @Override
  public void channelAffine(
      Activation activation,
      Operand x,
      Operand scale,
      Operand shift,
      Optional<Operand> addend,
      Operand out) {
    batchNorm.affine(new GpuBatchNorm.Before(activation), x, scale, shift, addend, out);
  }

  @Override
  public void channelAffineBackward(
      Activation activation, Operand x, Operand scale, Operand g, Operand out) {
    batchNorm.affineBackward(new GpuBatchNorm.Before(activation), x, scale, g, out);
  }

  @Override
  public void mixerStage(
      MixerOperands stage,
      float epsilon,
      Operand x,
      Operand convolved,
      Operand out,
      MixerOperands.Statistics statistics) {
    mixer.forward(stage, epsilon, x, convolved, out, statistics);
  }

  @Override
  public void mixerStageBackward(
      MixerOperands stage,
      float epsilon,
      Operand x,
      Operand convolved,
      MixerOperands.Statistics statistics,
      Operand g,
      MixerOperands.Gradients wanted) {
    mixer.backward(stage, epsilon, x, convolved, statistics, g, wanted);
  }

  @Override
  public void mixerStageAffine(
      MixerOperands stage, Operand x, Optional<Operand> convolved, Operand out) {
    mixer.affine(stage, x, convolved, out);
  }

  @Override
  public void mixerStageAffineBackward(
      MixerOperands stage, Operand x, Operand convolved, Operand g, Operand out) {
    mixer.affineBackward(stage, x, convolved, g, out);
  }

  // ---- products, convolutions, attention

  @Override
  public void gemm(Operand a, Operand b, Operand out, Epilogue epilogue) {
    if (!own.gemm(a, b, out, epilogue)) {
      products.gemm(a, b, out, epilogue);
    }
  }

  @Override
  public void depthwise(Operand x, Operand weight, Optional<Operand> bias, Operand out) {
    if (!own.depthwise(x, weight, bias, out)) {
      products.depthwise(x, weight, bias, out);
    }
  }

  @Override
  public void depthwiseBackwardInput(Operand g, Operand weight, Operand out) {
    if (!own.depthwiseBackwardInput(g, weight, Optional.empty(), out)) {
      products.depthwiseBackwardInput(g, weight, Optional.empty(), out);
    }
  }

  /** As {@link #depthwiseBackwardInput}, with something added to it. */
  void depthwiseBackwardInput(Operand g, Operand weight, Operand addend, Operand out) {
    if (!own.depthwiseBackwardInput(g, weight, Optional.of(addend), out)) {
      products.depthwiseBackwardInput(g, weight, Optional.of(addend), out);
    }
  }

  @Override
  public void depthwiseBackwardWeight(Operand x, Operand g, Operand out) {
    if (!own.depthwiseBackwardWeight(x, g, out)) {
      products.depthwiseBackwardWeight(x, g, out);
    }
  }

  @Override
  public void attention(Operand qkv, float scale, Operand out, Operand logSumExp) {
    if (!own.attention(qkv, scale, out, logSumExp)) {
      attention.forward(qkv, scale, out, logSumExp);
    }
  }

  @Override
  public void attentionBackward(
      Operand qkv, float scale, Operand out, Operand logSumExp, Operand g, Operand gradQkv) {
    if (!own.attentionBackward(qkv, scale, out, logSumExp, g, gradQkv)) {
      attention.backward(qkv, scale, out, logSumExp, g, gradQkv);
    }
  }

  // ---- optimisers

  @Override
  public void sgdStep(SgdSettings settings, Operand p, Operand g, Operand buffer, Operand lr) {
    updates.sgd(settings, p, g, buffer, lr);
  }

  @Override
  public void adamStep(
      AdamSettings settings, Operand p, Operand g, Operand m, Operand v, Operand scalars) {
    updates.adam(settings, p, g, m, v, scalars);
  }

  // ---- random numbers

  @Override
  public void random(
      Distribution distribution, long seed, int purpose, Operand streams, Operand out) {
    int rows = out.shape().extent(0);
    int columns = out.shape().extent(1);
    var arguments =
        new KernelArguments()
            .flag(distribution == Distribution.NORMAL)
            .number((int) seed)
            .number((int) (seed >>> 32))
            .number(purpose)
            .number(rows)
            .number(columns)
            .vector(streams)
            .dense(out);
    kernels.each("random", "philox", rows * Math.ceilDiv(columns, 4), arguments);
  }
}
