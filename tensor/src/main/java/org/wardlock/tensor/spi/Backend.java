package org.wardlock.tensor.spi;

import java.lang.foreign.MemorySegment;
import java.util.Optional;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;

/**
 * What a device must be able to do: the primitives that everything else is composed of, and the
 * fused operations that profiles justify, each with a composed default.
 *
 * <p>Callers (only {@code org.wardlock.tensor}) guarantee: all operands are storage of this
 * backend; shapes fit as stated, checked with a message for the user before; outputs are contiguous
 * and overlap no input unless stated. Inputs may have any strides, 0 included. Computation is
 * float32 unless stated. Implementations guarantee: safe for any number of calling threads; the
 * same bits for the same operands whatever the thread count, the position in a batch or the
 * strides; sums ordered by the length of the summed extent alone. Operations may run
 * asynchronously; {@link #download} and {@link #synchronize} wait.
 */
public interface Backend extends AutoCloseable {

  // ---- devices and memory

  /** The device this backend computes on. */
  Device device();

  /** One line for people: name, width, memory. */
  String description();

  /**
   * Whether operands may be of a type where this interface computes with float32. Every backend
   * takes F32. One that takes BF16 too reads and writes it, rounding to nearest even, and computes
   * in float32 nevertheless. All operands of a call are then BF16, but for what stays F32: what
   * {@link #reduce} gives, biases, filters of depthwise convolutions, statistics, parameters of
   * norms and mixer stages, log sums, and the gradients towards all these. A product of matrices in
   * BF16 is stored as either. Top-k, scatter, losses, optimisers and random numbers are F32 alone.
   */
  default boolean computesWith(DType type) {
    return type == DType.F32;
  }

  /**
   * Uninitialised memory with one share.
   *
   * @param size elements
   * @throws org.wardlock.tensor.DeviceException if there is no room: names size, device, bytes in
   *     use
   */
  Storage allocate(DType dtype, long size);

  /**
   * Copies host memory in, in the storage's element type and native byte order, to elements from
   * {@code offset} on.
   */
  void upload(MemorySegment source, Storage target, long offset);

  /**
   * New memory with one share that holds a copy of host memory, as {@link #allocate} and {@link
   * #upload} make it. A device that can copies while it does what it was asked before: so the next
   * input comes in during a step.
   *
   * @throws org.wardlock.tensor.DeviceException if there is no room
   */
  default Storage uploadAhead(DType dtype, MemorySegment source) {
    Storage storage = allocate(dtype, source.byteSize() / dtype.bytes());
    upload(source, storage, 0);
    return storage;
  }

  /**
   * Copies elements from {@code offset} on to host memory, as many as it has room for; waits for
   * what computes them.
   */
  void download(Storage source, long offset, MemorySegment target);

  /** Waits until everything asked for has been done; reports failures of asynchronous work. */
  void synchronize();

  @Override
  void close();

  /**
   * How many bytes a layer's output may have to stay in fast memory until the next layer reads it;
   * {@link Long#MAX_VALUE} where large batches are faster whatever their size.
   */
  default long workingSet() {
    return Long.MAX_VALUE;
  }

  /**
   * The length of the chunks into which {@link #reduce} cuts what it reduces; constant, so that the
   * order of a sum follows from its length alone.
   */
  default int reductionChunk() {
    return Integer.MAX_VALUE;
  }

  /** Gives back memory that is kept for the next taker; nothing where none is kept. */
  default void trim() {}

  /**
   * Work that will be done again and again, on the same storages and with the same numbers. What it
   * asks of this backend it asks on the thread that runs it.
   *
   * @param name for messages
   * @return empty if nothing is gained over running it each time
   */
  default Optional<RepeatedWork> repeated(String name, Runnable work) {
    return Optional.empty();
  }

  // ---- movement

  /** Sets every element; {@code out} may have any strides but 0 and any type. */
  void fill(Operand out, double value);

  /** Copies equal shapes of one type; {@code out} may have any strides but 0. */
  void copy(Operand x, Operand out);

  /**
   * Converts among types, equal shapes: to BF16 and F16 rounding to nearest even, to integers
   * truncating, clamped.
   */
  void cast(Operand x, Operand out);

  /**
   * {@code out[.., i, ..] = x[.., index[i], ..]} along an axis; any type; index I32 of rank 1. A
   * backend that sees an index outside of x before it computes refuses it; others give NaN, or 0
   * for integers, in its place. No backend reads outside of x.
   *
   * @throws IndexOutOfBoundsException at an index outside of x, if the backend looks at the index
   */
  void gather(Operand x, int axis, Operand index, Operand out);

  /**
   * {@code out[.., index[i], ..] += x[.., i, ..]} into zeros, F32; equal indices added in ascending
   * order of i. An index outside of out is refused, or leaves its entry out, as with {@link
   * #gather}; no backend writes outside of out.
   *
   * @throws IndexOutOfBoundsException at an index outside of out, if the backend looks at the index
   */
  void scatterAdd(Operand x, int axis, Operand index, Operand out);

  /**
   * Moves pictures, each its own way: {@code out[n, c, i, j] = x[n, c, i + down, j + right]} with
   * the {@code down} and {@code right} of picture n, or the mirrored row of that, {@code x[n, c, i
   * + down, W - 1 - j + right]}; 0 where x has nothing.
   *
   * @param x (N, C, H, W), U8
   * @param moves (N, 3), I32, contiguous: down, right, and whether to mirror, 1 or 0
   */
  default void movePictures(Operand x, Operand moves, Operand out) {
    ComposedPictures.move(this, x, moves, out);
  }

  // ---- element by element

  /** {@code out = op(x)}. */
  void unary(UnaryOp op, Operand x, Operand out);

  /**
   * {@code out = g * op'(.)}. It is 0, whatever g is, where the function is constant: SIGN, FLOOR
   * and ROUND everywhere, RELU where saved is not positive. May run in place of g.
   *
   * @param saved x or op(x), as {@link UnaryOp#gradientReads} says; unread if neither
   */
  void unaryGradient(UnaryOp op, Operand saved, Operand g, Operand out);

  /** {@code out = fma(scale, x, shift)}; may run in place. */
  void affine(Operand x, float scale, float shift, Operand out);

  /** {@code out = min(max(x, low), high)}; NaN stays. */
  void clamp(Operand x, float low, float high, Operand out);

  /**
   * {@code out = op(a, b)}; the operands have been expanded to the shape of out; may run in place.
   */
  void binary(BinaryOp op, Operand a, Operand b, Operand out);

  /** {@code out = fma(a, b, c)}; the operands have been expanded to the shape of out. */
  default void multiplyAdd(Operand a, Operand b, Operand c, Operand out) {
    Composed.multiplyAdd(this, a, b, c, out);
  }

  /** {@code out = condition != 0 ? a : b}; the operands have been expanded to the shape of out. */
  void where(Operand condition, Operand a, Operand b, Operand out);

  // ---- reductions

  /**
   * Reduces some axes; {@code out} has extent 1 there. Element j of the reduced extent, counted in
   * row-major order, is added to lane j % 16; the lanes are then added (l, l+8), (l, l+4), (l,
   * l+2), (l, l+1). Where the extent is longer than {@link #reductionChunk} each chunk is added up
   * so, and then what the chunks gave.
   *
   * @param axes ascending, from 0
   */
  void reduce(ReduceOp op, Operand x, int[] axes, Operand out);

  /**
   * The k largest along the last axis, largest first; among equals the lowest index; NaN counts as
   * largest.
   *
   * @param values F32, last extent k
   * @param indices I32, of the same shape
   */
  void topK(Operand x, int k, Operand values, Operand indices);

  // ---- linear algebra

  /**
   * Batched matrix product: for each batch entry {@code out = epilogue(a x b)}. Operands are
   * (batch, rows, columns) with any strides, so transposes cost nothing here; a or b may repeat
   * along the batch (stride 0). If {@code out} has batch extent 1 while a and b have more, the
   * products are added up in order of the batch. Each element is a sum of chains of fma, one for
   * each block of the inner extent; the blocks' length is the backend's constant (256 on the CPU),
   * so that bits depend on the inner extent alone.
   */
  void gemm(Operand a, Operand b, Operand out, Epilogue epilogue);

  // ---- convolution

  /**
   * Convolution of x (N, C, H, W), zeros around it, with weight (O, C, kh, kw) and a bias (O).
   *
   * @param out (N, O, rows, columns)
   */
  default void convolution(
      Operand x, Operand weight, Optional<Operand> bias, int stride, int padding, Operand out) {
    ComposedConvolution.forward(this, x, weight, bias, stride, padding, out);
  }

  /** Its gradient towards x. */
  default void convolutionBackwardInput(
      Operand g, Operand weight, int stride, int padding, Operand out) {
    ComposedConvolution.backwardInput(this, g, weight, stride, padding, out);
  }

  /** Its gradient towards the weight, F32. */
  default void convolutionBackwardWeight(
      Operand x, Operand g, int stride, int padding, Operand out) {
    ComposedConvolution.backwardWeight(this, x, g, stride, padding, out);
  }

  // ---- depthwise convolution: one k x k filter a channel, stride 1, zero padding k/2 (k odd)

  /**
   * Depthwise convolution of x (N, C, H, W) with weight (C, 1, k, k) and a bias (C).
   *
   * @param out of x's shape
   */
  default void depthwise(Operand x, Operand weight, Optional<Operand> bias, Operand out) {
    ComposedDepthwise.forward(this, x, weight, bias, out);
  }

  /** Its gradient towards x. */
  default void depthwiseBackwardInput(Operand g, Operand weight, Operand out) {
    ComposedDepthwise.backwardInput(this, g, weight, out);
  }

  /** Its gradient towards the weight, (C, 1, k, k). */
  default void depthwiseBackwardWeight(Operand x, Operand g, Operand out) {
    ComposedDepthwise.backwardWeight(this, x, g, out);
  }

  // ---- normalisation and attention

  /** Softmax along the last axis, or its logarithm. */
  default void softmax(Operand x, boolean logarithm, Operand out) {
    Composed.softmax(this, x, logarithm, out);
  }

  /** Its gradient from its output y. */
  default void softmaxBackward(Operand y, Operand g, boolean logarithm, Operand out) {
    Composed.softmaxBackward(this, y, g, logarithm, out);
  }

  /**
   * Layer normalisation along the last axis (Ba et al. 2016), variance with divisor n.
   *
   * @param mean per row, shape of x without the last axis
   * @param rstd 1 / sqrt(variance + epsilon), likewise
   */
  default void layerNorm(
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Operand out,
      Operand mean,
      Operand rstd) {
    ComposedNorm.layerNorm(this, x, weight, bias, epsilon, out, mean, rstd);
  }

  /** Its gradients; those not asked for are not computed. */
  default void layerNormBackward(
      Operand x,
      Operand weight,
      Operand mean,
      Operand rstd,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    ComposedNorm.layerNormBackward(this, x, weight, mean, rstd, g, gradX, gradWeight, gradBias);
  }

  /**
   * Batch normalisation with the statistics of the batch (Ioffe and Szegedy 2015): x (N, C, ...)
   * per channel C, in two stages from shifted sums.
   *
   * @param mean (C)
   * @param variance (C), divisor n
   */
  default void batchNorm(
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Operand out,
      Operand mean,
      Operand variance) {
    ComposedNorm.batchNorm(this, x, weight, bias, epsilon, out, mean, variance);
  }

  /** Its gradients, through the statistics too; those not asked for are not computed. */
  default void batchNormBackward(
      Operand x,
      Operand weight,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    ComposedNorm.batchNormBackward(
        this, x, weight, mean, variance, epsilon, g, gradX, gradWeight, gradBias);
  }

  /**
   * Batch normalisation behind an activation, and a shortcut around both: {@code out =
   * batchNorm(function(x)) + addend}.
   */
  default void activatedBatchNorm(
      UnaryOp function,
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Optional<Operand> addend,
      Operand out,
      Operand mean,
      Operand variance) {
    ComposedNorm.activatedBatchNorm(
        this, function, x, weight, bias, epsilon, addend, out, mean, variance);
  }

  /**
   * Its gradients, but for the addend's, which is g.
   *
   * @param x what the activation was applied to
   */
  default void activatedBatchNormBackward(
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
    ComposedNorm.activatedBatchNormBackward(
        this, function, x, weight, mean, variance, epsilon, g, gradX, gradWeight, gradBias);
  }

  /**
   * {@code out = fma(scale, activation(x), shift) + addend}: batch normalisation with given
   * statistics between an activation and a shortcut.
   *
   * @param x (N, C, ...)
   * @param scale (C)
   * @param shift (C)
   */
  default void channelAffine(
      Activation activation,
      Operand x,
      Operand scale,
      Operand shift,
      Optional<Operand> addend,
      Operand out) {
    ComposedNorm.channelAffine(this, activation, x, scale, shift, addend, out);
  }

  /** Its gradient towards x: {@code out = g * scale * activation'(x)}. */
  default void channelAffineBackward(
      Activation activation, Operand x, Operand scale, Operand g, Operand out) {
    ComposedNorm.channelAffineBackward(this, activation, x, scale, g, out);
  }

  /**
   * The stage between two pointwise convolutions of a ConvMixer, with the statistics of the batch.
   *
   * @param x (N, C, H, W)
   * @param convolved of x's shape: what the depthwise convolution gave, kept for the gradient
   */
  default void mixerStage(
      MixerOperands stage,
      float epsilon,
      Operand x,
      Operand convolved,
      Operand out,
      MixerOperands.Statistics statistics) {
    ComposedMixer.forward(this, stage, epsilon, x, convolved, out, statistics);
  }

  /** Its gradients, through the statistics too. */
  default void mixerStageBackward(
      MixerOperands stage,
      float epsilon,
      Operand x,
      Operand convolved,
      MixerOperands.Statistics statistics,
      Operand g,
      MixerOperands.Gradients wanted) {
    ComposedMixer.backward(this, stage, epsilon, x, convolved, statistics, g, wanted);
  }

  /**
   * The same stage with given statistics: {@code norm(v) = fma(scale, v, shift)}.
   *
   * @param convolved of x's shape: where it is left for the gradient
   */
  default void mixerStageAffine(
      MixerOperands stage, Operand x, Optional<Operand> convolved, Operand out) {
    ComposedMixer.affine(this, stage, x, convolved, out);
  }

  /** Its gradient towards x. */
  default void mixerStageAffineBackward(
      MixerOperands stage, Operand x, Operand convolved, Operand g, Operand out) {
    ComposedMixer.affineBackward(this, stage, x, convolved, g, out);
  }

  /**
   * Multi-head self-attention (Vaswani et al. 2017) from packed projections: {@code softmax(scale *
   * q k^T) v} a head.
   *
   * @param qkv (B, N, 3, heads, d)
   * @param out (B, N, heads, d)
   * @param logSumExp (B, heads, N): of the scaled scores, for the gradient
   */
  default void attention(Operand qkv, float scale, Operand out, Operand logSumExp) {
    ComposedAttention.forward(this, qkv, scale, out, logSumExp);
  }

  /** Its gradient towards qkv. */
  default void attentionBackward(
      Operand qkv, float scale, Operand out, Operand logSumExp, Operand g, Operand gradQkv) {
    ComposedAttention.backward(this, qkv, scale, out, logSumExp, g, gradQkv);
  }

  // ---- loss, optimisers, random numbers

  /**
   * Cross-entropy of logits (N, K) against probabilities (N, K), with its gradient in one pass.
   *
   * @param loss (N): one value a row
   * @param gradLogits (N, K): softmax(logits) * sum(target) - target
   */
  default void crossEntropy(Operand logits, Operand target, Operand loss, Operand gradLogits) {
    Composed.crossEntropy(this, logits, target, loss, gradLogits);
  }

  /**
   * One step of stochastic gradient descent, in place.
   *
   * @param buffer momentum, of p's shape; unread where momentum is 0
   * @param lr a scalar
   */
  default void sgdStep(SgdSettings settings, Operand p, Operand g, Operand buffer, Operand lr) {
    ComposedOptimizers.sgd(this, settings, p, g, buffer, lr);
  }

  /**
   * One step of Adam or AdamW, in place.
   *
   * @param m first moment
   * @param v second moment
   * @param scalars (3): learning rate, 1 - beta1^t, 1 - beta2^t
   */
  default void adamStep(
      AdamSettings settings, Operand p, Operand g, Operand m, Operand v, Operand scalars) {
    ComposedOptimizers.adam(this, settings, p, g, m, v, scalars);
  }

  /**
   * Random numbers that depend on nothing but (seed, purpose, stream, position): Philox4x32-10 with
   * key = seed and counter = (position / 4, purpose, stream low, stream high), word position % 4.
   * Row i of {@code out} is stream {@code streams[i]}. A uniform number is the word's upper 24 bits
   * times 2^-24; normal numbers come in pairs by Box-Muller from words (0, 1) and (2, 3), with 1
   * minus the uniform under the logarithm.
   *
   * @param streams I64 (rows)
   * @param out (rows, columns)
   */
  void random(Distribution distribution, long seed, int purpose, Operand streams, Operand out);
}
