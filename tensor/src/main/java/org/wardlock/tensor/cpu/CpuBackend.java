package org.wardlock.tensor.cpu;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.CpuStatus;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.cpu.vector.VectorGemm;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.CpuReport;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.HostMemory;
import org.wardlock.tensor.spi.MixerOperands;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.SgdSettings;
import org.wardlock.tensor.spi.Storage;
import org.wardlock.tensor.spi.UnaryOp;

/** The CPU: hands each operation to the class of its family. */
public final class CpuBackend implements Backend, CpuReport {
  /** Half of the usual second-level cache, as a layer reads one tensor and writes another. */
  private static final int WORKING_SET = 1 << 19;

  private final CpuKernels kernels;
  private final KernelChoice choice;
  private final CpuContext context;

  /** A backend with its own threads and memory. */
  CpuBackend(CpuSettings settings, CpuKernels kernels) {
    this(
        kernels,
        new KernelChoice(kernels, settings),
        new CpuContext(
            new Workers(settings.threads()),
            new ArrayPool(settings.poolBytes(), settings.poisons())));
  }

  private CpuBackend(CpuKernels kernels, KernelChoice choice, CpuContext context) {
    this.kernels = kernels;
    this.choice = choice;
    this.context = context;
  }

  // ---- device and memory

  @Override
  public Device device() {
    return Device.CPU;
  }

  @Override
  public String description() {
    return "CPU, "
        + kernels.name()
        + " kernels, "
        + context.workers().threads()
        + " threads, "
        + (Runtime.getRuntime().maxMemory() >> 20)
        + " MiB heap"
        + kernels.refusal().map(reason -> " (scalar: " + reason + ")").orElse("");
  }

  @Override
  public CpuStatus status() {
    int lanes = kernels.refusal().isPresent() ? 1 : VectorGemm.lanes();
    return new CpuStatus(kernels.name(), lanes, context.workers().threads(), kernels.refusal());
  }

  @Override
  public double measurePeak() {
    return FmaPeak.gigaflops(context, context.workers().threads());
  }

  @Override
  public long workingSet() {
    return (long) WORKING_SET * context.workers().threads();
  }

  private CpuKernels kernelsFor(Operand work) {
    return choice.forElements(work.shape().count());
  }

  /** Memory in use, for tests. */
  CpuContext context() {
    return context;
  }

  @Override
  public Storage allocate(DType dtype, long size) {
    if (size > ArrayPool.LARGEST) {
      throw new DeviceException(
          "cpu: a tensor of "
              + size
              + " elements is too large: at most "
              + ArrayPool.LARGEST
              + "; use smaller batches");
    }
    return new CpuStorage(this, context.pool(), dtype, (int) size);
  }

  @Override
  public void upload(MemorySegment source, Storage target, long offset) {
    MemorySegment memory = ((CpuStorage) target).segment();
    HostMemory.copy(source, 0, memory, offset * target.dtype().bytes(), source.byteSize());
    target.changed();
  }

  @Override
  public void download(Storage source, long offset, MemorySegment target) {
    MemorySegment memory = ((CpuStorage) source).segment();
    HostMemory.copy(memory, offset * source.dtype().bytes(), target, 0, target.byteSize());
  }

  /** Nothing runs asynchronously here. */
  @Override
  public void synchronize() {}

  @Override
  public void close() {
    context.workers().close();
    context.pool().clear();
  }

  @Override
  public void trim() {
    context.pool().clear();
  }

  // ---- movement

  @Override
  public void fill(Operand out, double value) {
    Fill.fill(out, value, context);
  }

  @Override
  public void copy(Operand x, Operand out) {
    StridedCopy.copy(Dense.array(x), x.layout(), Dense.array(out), out.layout(), context);
  }

  @Override
  public void cast(Operand x, Operand out) {
    Cast.cast(x, out, context);
  }

  @Override
  public void gather(Operand x, int axis, Operand index, Operand out) {
    Gathering.gather(x, axis, index, out, context);
  }

  @Override
  public void scatterAdd(Operand x, int axis, Operand index, Operand out) {
    Gathering.scatterAdd(x, axis, index, out, context);
  }

  // ---- element by element

  @Override
  public void unary(UnaryOp op, Operand x, Operand out) {
    MathKernel math = kernelsFor(out).math();
    Elementwise.run(
        context,
        (in, at, from, result, outAt, length) ->
            math.unary(op, in[0], at[0] + from, result, outAt, length),
        out,
        x);
  }

  @Override
  public void unaryGradient(UnaryOp op, Operand saved, Operand g, Operand out) {
    MathKernel math = kernelsFor(out).math();
    Elementwise.run(
        context,
        (in, at, from, result, outAt, length) ->
            math.unaryGradient(op, in[0], at[0] + from, in[1], at[1] + from, result, outAt, length),
        out,
        saved,
        g);
  }

  @Override
  public void affine(Operand x, float scale, float shift, Operand out) {
    BinaryKernel kernel = kernelsFor(out).binary();
    Elementwise.run(
        context,
        (in, at, from, result, outAt, length) ->
            kernel.affine(in[0], at[0] + from, scale, shift, result, outAt, length),
        out,
        x);
  }

  @Override
  public void clamp(Operand x, float low, float high, Operand out) {
    BinaryKernel kernel = kernelsFor(out).binary();
    Elementwise.run(
        context,
        (in, at, from, result, outAt, length) ->
            kernel.clamp(in[0], at[0] + from, low, high, result, outAt, length),
        out,
        x);
  }

  @Override
  public void binary(BinaryOp op, Operand a, Operand b, Operand out) {
    BinaryKernel kernel = kernelsFor(out).binary();
    Elementwise.run(
        context,
        (in, at, from, result, outAt, length) ->
            kernel.binary(
                op, in[0], at[0] + from, 1, in[1], at[1] + from, 1, result, outAt, length),
        out,
        a,
        b);
  }

  @Override
  public void multiplyAdd(Operand a, Operand b, Operand c, Operand out) {
    BinaryKernel kernel = kernelsFor(out).binary();
    Elementwise.run(
        context,
        (in, at, from, result, outAt, length) ->
            kernel.multiplyAdd(
                in[0],
                at[0] + from,
                1,
                in[1],
                at[1] + from,
                1,
                in[2],
                at[2] + from,
                1,
                result,
                outAt,
                length),
        out,
        a,
        b,
        c);
  }

  @Override
  public void where(Operand condition, Operand a, Operand b, Operand out) {
    BinaryKernel kernel = kernelsFor(out).binary();
    Elementwise.run(
        context,
        (in, at, from, result, outAt, length) ->
            kernel.where(
                in[0],
                at[0] + from,
                1,
                in[1],
                at[1] + from,
                1,
                in[2],
                at[2] + from,
                1,
                result,
                outAt,
                length),
        out,
        condition,
        a,
        b);
  }

  // ---- reductions

  @Override
  public void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    Reduction.reduce(op, kernelsFor(x).lanes(), x, axes, out, context);
  }

  @Override
  public void topK(Operand x, int k, Operand values, Operand indices) {
    TopK.find(x, k, values, indices, context);
  }

  // ---- linear algebra and convolution

  @Override
  public void gemm(Operand a, Operand b, Operand out, Epilogue epilogue) {
    CpuKernels chosen = choice.forProducts(MatrixProducts.multiplyAdds(a, b, out));
    GemmFinish finish =
        MatrixProducts.finish(epilogue, chosen.inPlace(UnaryOp.RELU), chosen.inPlace(UnaryOp.GELU));
    MatrixProducts.multiply(chosen.gemm(), a, b, out, finish, context);
  }

  @Override
  public void convolution(
      Operand x, Operand weight, Optional<Operand> bias, int stride, int padding, Operand out) {
    var extents = ConvolutionExtents.of(x.shape(), weight.shape(), out.shape(), stride, padding);
    if (!ConvolutionKernel.suits(extents)) {
      Backend.super.convolution(x, weight, bias, stride, padding, out);
      return;
    }
    try (Dense pictures = Dense.of(x, context);
        Dense filters = Dense.of(weight, context);
        Dense start = Dense.of(bias.orElse(weight), context)) {
      choice
          .forProducts(extents.multiplyAdds())
          .convolution()
          .forward(
              extents,
              pictures.slice(),
              filters.slice(),
              bias.map(_ -> start.slice()),
              Dense.slice(out),
              context);
    }
  }

  @Override
  public void convolutionBackwardInput(
      Operand g, Operand weight, int stride, int padding, Operand out) {
    var extents = ConvolutionExtents.of(out.shape(), weight.shape(), g.shape(), stride, padding);
    if (!ConvolutionKernel.suits(extents)) {
      Backend.super.convolutionBackwardInput(g, weight, stride, padding, out);
      return;
    }
    try (Dense gradient = Dense.of(g, context);
        Dense filters = Dense.of(weight, context)) {
      choice
          .forProducts(extents.multiplyAdds())
          .convolution()
          .backwardInput(extents, gradient.slice(), filters.slice(), Dense.slice(out), context);
    }
  }

  @Override
  public void convolutionBackwardWeight(
      Operand x, Operand g, int stride, int padding, Operand out) {
    var extents = ConvolutionExtents.of(x.shape(), out.shape(), g.shape(), stride, padding);
    if (!ConvolutionKernel.suits(extents)) {
      Backend.super.convolutionBackwardWeight(x, g, stride, padding, out);
      return;
    }
    try (Dense pictures = Dense.of(x, context);
        Dense gradient = Dense.of(g, context)) {
      choice
          .forProducts(extents.multiplyAdds())
          .convolution()
          .backwardWeight(extents, pictures.slice(), gradient.slice(), Dense.slice(out), context);
    }
  }

  @Override
  public void depthwise(Operand x, Operand weight, Optional<Operand> bias, Operand out) {
    try (Dense plane = Dense.of(x, context);
        Dense filter = Dense.of(weight, context);
        Dense start = Dense.of(bias.orElse(weight), context)) {
      DepthwiseKernel.Extents extents = convolution(x, weight);
      choice
          .forProducts(extents.multiplyAdds())
          .depthwise()
          .forward(
              extents,
              plane.slice(),
              filter.slice(),
              bias.map(_ -> start.slice()),
              Dense.slice(out),
              context);
    }
  }

  @Override
  public void depthwiseBackwardInput(Operand g, Operand weight, Operand out) {
    try (Dense gradient = Dense.of(g, context);
        Dense filter = Dense.of(weight, context)) {
      DepthwiseKernel.Extents extents = convolution(g, weight);
      choice
          .forProducts(extents.multiplyAdds())
          .depthwise()
          .backwardInput(extents, gradient.slice(), filter.slice(), Dense.slice(out), context);
    }
  }

  @Override
  public void depthwiseBackwardWeight(Operand x, Operand g, Operand out) {
    try (Dense plane = Dense.of(x, context);
        Dense gradient = Dense.of(g, context)) {
      DepthwiseKernel.Extents extents = convolution(x, out);
      choice
          .forProducts(extents.multiplyAdds())
          .depthwise()
          .backwardWeight(extents, plane.slice(), gradient.slice(), Dense.slice(out), context);
    }
  }

  private static DepthwiseKernel.Extents convolution(Operand x, Operand weight) {
    return new DepthwiseKernel.Extents(
        x.shape().extent(0),
        x.shape().extent(1),
        x.shape().extent(2),
        x.shape().extent(3),
        weight.shape().extent(3));
  }

  // ---- attention

  @Override
  public void attention(Operand qkv, float scale, Operand out, Operand logSumExp) {
    try (Dense packed = Dense.of(qkv, context)) {
      AttentionKernel.Extents extents = heads(qkv);
      choice
          .forProducts(extents.multiplyAdds())
          .attention()
          .forward(
              extents, packed.slice(), scale, Dense.slice(out), Dense.slice(logSumExp), context);
    }
  }

  @Override
  public void attentionBackward(
      Operand qkv, float scale, Operand out, Operand logSumExp, Operand g, Operand gradQkv) {
    try (Dense packed = Dense.of(qkv, context);
        Dense result = Dense.of(out, context);
        Dense normalizer = Dense.of(logSumExp, context);
        Dense gradient = Dense.of(g, context)) {
      AttentionKernel.Extents extents = heads(qkv);
      choice
          .forProducts(extents.multiplyAdds())
          .attention()
          .backward(
              extents,
              packed.slice(),
              scale,
              result.slice(),
              normalizer.slice(),
              gradient.slice(),
              Dense.slice(gradQkv),
              context);
    }
  }

  private static AttentionKernel.Extents heads(Operand qkv) {
    return new AttentionKernel.Extents(
        qkv.shape().extent(0), qkv.shape().extent(1), qkv.shape().extent(3), qkv.shape().extent(4));
  }

  // ---- normalisation and loss

  @Override
  public void softmax(Operand x, boolean logarithm, Operand out) {
    new Softmax(kernelsFor(x), context).forward(x, logarithm, out);
  }

  @Override
  public void softmaxBackward(Operand y, Operand g, boolean logarithm, Operand out) {
    new Softmax(kernelsFor(y), context).backward(y, g, logarithm, out);
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
    new LayerNorm(kernelsFor(x), context).forward(x, weight, bias, epsilon, out, mean, rstd);
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
    new LayerNorm(kernelsFor(x), context)
        .backward(x, weight, mean, rstd, g, gradX, gradWeight, gradBias);
  }

  @Override
  public void batchNorm(
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Operand out,
      Operand mean,
      Operand variance) {
    new BatchNorm(kernelsFor(x), context)
        .forward(Optional.empty(), x, weight, bias, epsilon, Optional.empty(), out, mean, variance);
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
    new BatchNorm(kernelsFor(x), context)
        .backward(
            Optional.empty(), x, weight, mean, variance, epsilon, g, gradX, gradWeight, gradBias);
  }

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
    new BatchNorm(kernelsFor(x), context)
        .forward(Optional.of(function), x, weight, bias, epsilon, addend, out, mean, variance);
  }

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
    new BatchNorm(kernelsFor(x), context)
        .backward(
            Optional.of(function),
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

  @Override
  public void channelAffine(
      Activation activation,
      Operand x,
      Operand scale,
      Operand shift,
      Optional<Operand> addend,
      Operand out) {
    new ChannelAffine(kernelsFor(x), context).forward(activation, x, scale, shift, addend, out);
  }

  @Override
  public void channelAffineBackward(
      Activation activation, Operand x, Operand scale, Operand g, Operand out) {
    new ChannelAffine(kernelsFor(x), context).backward(activation, x, scale, g, out);
  }

  @Override
  public void mixerStage(
      MixerOperands stage,
      float epsilon,
      Operand x,
      Operand convolved,
      Operand out,
      MixerOperands.Statistics statistics) {
    try (var parameters = mixer(stage, x)) {
      new MixerStage(parameters).forward(epsilon, x, convolved, out, statistics);
    }
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
    try (var parameters = mixer(stage, x)) {
      new MixerStage(parameters).backward(epsilon, x, convolved, statistics, g, wanted);
    }
  }

  @Override
  public void mixerStageAffine(
      MixerOperands stage, Operand x, Optional<Operand> convolved, Operand out) {
    try (var parameters = mixer(stage, x)) {
      new MixerAffine(parameters).forward(x, convolved, out);
    }
  }

  @Override
  public void mixerStageAffineBackward(
      MixerOperands stage, Operand x, Operand convolved, Operand g, Operand out) {
    try (var parameters = mixer(stage, x)) {
      new MixerAffine(parameters).backward(x, convolved, g, out);
    }
  }

  private MixerParameters mixer(MixerOperands stage, Operand x) {
    DepthwiseKernel.Extents extents = convolution(x, stage.filter());
    return new MixerParameters(choice.forProducts(extents.multiplyAdds()), context, stage, extents);
  }

  @Override
  public void crossEntropy(Operand logits, Operand target, Operand loss, Operand gradLogits) {
    CrossEntropy.run(kernelsFor(logits), logits, target, loss, gradLogits, context);
  }

  // ---- optimisers and random numbers

  @Override
  public void sgdStep(SgdSettings settings, Operand p, Operand g, Operand buffer, Operand lr) {
    new Updating(kernelsFor(p).optimizer(), context).sgd(settings, p, g, buffer, lr);
  }

  @Override
  public void adamStep(
      AdamSettings settings, Operand p, Operand g, Operand m, Operand v, Operand scalars) {
    new Updating(kernelsFor(p).optimizer(), context).adam(settings, p, g, m, v, scalars);
  }

  @Override
  public void random(
      Distribution distribution, long seed, int purpose, Operand streams, Operand out) {
    RandomNumbers.fill(
        kernelsFor(out).random(), distribution, seed, purpose, streams, out, context);
  }
}
