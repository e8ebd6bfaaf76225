package org.wardlock.tensor;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.Storage;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * An n-dimensional array on a device, computed eagerly. Operations return new tensors and never
 * change their operands; views (reshape, permute, slice, expand) share memory and cost nothing.
 * Arithmetic is float32 and operands must agree in device and type: nothing is promoted. Extents
 * broadcast as in NumPy. Negative axes count from the end.
 *
 * <p>A tensor may be read by any number of threads. Memory is given back by {@link Scope}, {@link
 * #release()} or the garbage collector; using a released tensor throws.
 */
public final class Tensor {
  private final Operand operand;
  private Node node;
  private Scope owner;
  private volatile String releasedBy;

  private Tensor(Operand operand, Node node) {
    this.operand = operand;
    this.node = node;
    Scope.adopt(this);
  }

  // ---- making tensors

  /** Float values in row-major order. */
  public static Tensor of(Device device, Shape shape, float... values) {
    return upload(device, DType.F32, shape, values.length, MemorySegment.ofArray(values));
  }

  /** Integers in row-major order: labels, indices. */
  public static Tensor ofInts(Device device, Shape shape, int... values) {
    return upload(device, DType.I32, shape, values.length, MemorySegment.ofArray(values));
  }

  /** Long integers in row-major order: random streams. */
  public static Tensor ofLongs(Device device, Shape shape, long... values) {
    return upload(device, DType.I64, shape, values.length, MemorySegment.ofArray(values));
  }

  /**
   * Unsigned bytes in row-major order: pixels. The device may copy them while it does what it was
   * asked before, so that the next batch comes in during a step.
   */
  public static Tensor ofBytes(Device device, Shape shape, byte... values) {
    requireFilled(shape, values.length);
    Storage storage = device.backend().uploadAhead(DType.U8, MemorySegment.ofArray(values));
    return new Tensor(new Operand(storage, Layout.contiguous(shape)), null);
  }

  /** Elements of any type from host memory, in row-major order and native byte order. */
  public static Tensor ofSegment(Device device, DType dtype, Shape shape, MemorySegment values) {
    return upload(device, dtype, shape, values.byteSize() / dtype.bytes(), values);
  }

  private static Tensor upload(
      Device device, DType dtype, Shape shape, long found, MemorySegment values) {
    requireFilled(shape, found);
    Tensor result = empty(device.backend(), dtype, shape);
    device.backend().upload(values, result.operand.storage(), 0);
    return result;
  }

  private static void requireFilled(Shape shape, long found) {
    if (found != shape.count()) {
      throw new IllegalArgumentException(
          "tensor: " + found + " values do not fill shape " + shape + " of " + shape.count());
    }
  }

  /** All elements 0. */
  public static Tensor zeros(Device device, Shape shape) {
    return full(device, shape, 0);
  }

  /** All elements equal. */
  public static Tensor full(Device device, Shape shape, float value) {
    Tensor result = empty(device.backend(), DType.F32, shape);
    device.backend().fill(result.operand, value);
    return result;
  }

  /** A tensor of rank 0. */
  public static Tensor scalar(Device device, float value) {
    return full(device, Shape.of(), value);
  }

  /** 0, 1, ..., count - 1 as floats. */
  public static Tensor range(Device device, int count) {
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i;
    }
    return of(device, Shape.of(count), values);
  }

  /**
   * Random numbers: row i is stream {@code streams[i]}, and depends on nothing but (seed, purpose,
   * stream, column).
   *
   * @param streams I64 (rows)
   */
  public static Tensor random(
      Distribution distribution, long seed, int purpose, Tensor streams, int columns) {
    streams.require("random", DType.I64);
    Tensor result =
        empty(streams.backend(), DType.F32, Shape.of((int) streams.shape().count(), columns));
    streams.backend().random(distribution, seed, purpose, streams.operand(), result.operand);
    return result;
  }

  static Tensor empty(Backend backend, DType dtype, Shape shape) {
    return new Tensor(
        new Operand(backend.allocate(dtype, shape.count()), Layout.contiguous(shape)), null);
  }

  /** A tensor that shares the operand's storage and records nothing. */
  static Tensor view(Operand operand) {
    return view(operand, null);
  }

  static Tensor view(Operand operand, Node node) {
    operand.storage().retain();
    return new Tensor(operand, node);
  }

  /** Puts the operation that has just computed this tensor on the tape. */
  Tensor attach(Op op, Tensor... inputs) {
    DType gradientType = backend().computesWith(dtype()) ? dtype() : DType.F32;
    node = Node.of(op, shape(), dtype(), gradientType, inputs);
    return this;
  }

  // ---- looking at it

  /** The extents. */
  public Shape shape() {
    return operand.shape();
  }

  /** The element type. */
  public DType dtype() {
    return operand.dtype();
  }

  /** Where it lives. */
  public Device device() {
    return backend().device();
  }

  Backend backend() {
    return operand.storage().backend();
  }

  /** For backends and the operations on them. */
  Operand operand() {
    if (releasedBy != null) {
      throw new IllegalStateException(
          "tensor of shape " + shape() + " was released by " + releasedBy);
    }
    return operand;
  }

  Node node() {
    return node;
  }

  boolean isRecorded() {
    return node != null && NoGrad.isRecording();
  }

  /**
   * Whether gradients flow through this tensor: it is a leaf, or was computed from one while
   * recording.
   */
  public boolean tracksGradient() {
    return node != null;
  }

  /** The elements in row-major order. Waits for the device. */
  public float[] toFloats() {
    require("toFloats", DType.F32);
    float[] values = new float[Math.toIntExact(shape().count())];
    download(MemorySegment.ofArray(values));
    return values;
  }

  /** The elements in row-major order. Waits for the device. */
  public int[] toInts() {
    require("toInts", DType.I32);
    int[] values = new int[Math.toIntExact(shape().count())];
    download(MemorySegment.ofArray(values));
    return values;
  }

  /** The elements in row-major order. Waits for the device. */
  public byte[] toBytes() {
    require("toBytes", DType.U8);
    byte[] values = new byte[Math.toIntExact(shape().count())];
    download(MemorySegment.ofArray(values));
    return values;
  }

  /**
   * The elements in row-major order and native byte order, to memory of exactly their size. Waits
   * for the device.
   */
  public void download(MemorySegment target) {
    long bytes = shape().count() * dtype().bytes();
    if (target.byteSize() != bytes) {
      throw new IllegalArgumentException(
          "download: "
              + target.byteSize()
              + " bytes of room for shape "
              + shape()
              + " "
              + dtype()
              + " of "
              + bytes);
    }
    if (bytes == 0) {
      return;
    }
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("download")) {
      Operand source = contiguous().operand();
      source.storage().backend().download(source.storage(), source.layout().offset(), target);
    }
  }

  /** The only element. Waits for the device. */
  public float item() {
    if (shape().count() != 1) {
      throw new IllegalArgumentException(
          "item: shape " + shape() + " has " + shape().count() + " elements, not 1");
    }
    return toFloats()[0];
  }

  // ---- lifetime

  Scope owner() {
    return owner;
  }

  void owner(Scope scope) {
    owner = scope;
  }

  /** Hands this tensor from the scope that owns it to the enclosing one; returns this. */
  public Tensor keep() {
    operand();
    if (owner != null) {
      owner.promote(this);
    }
    return this;
  }

  /** Gives up this tensor's share of its memory now; harmless if it was given up before. */
  public void release() {
    release("release()");
  }

  void release(String by) {
    if (releasedBy == null) {
      releasedBy = by;
      operand.storage().release();
    }
  }

  /**
   * A tensor over the same memory that the scope it is made in does not own: for parameters and
   * other long lives.
   */
  public Tensor unscoped() {
    Tensor result = view(operand(), node);
    result.owner(null);
    return result;
  }

  // ---- gradients

  /** The same values as a leaf: operations on the result are recorded. */
  public Tensor requiresGrad() {
    requireReal("requiresGrad");
    return view(operand(), Node.leaf(shape(), dtype(), Optional.empty()));
  }

  /**
   * As {@link #requiresGrad()}, with the place where backward passes write the gradient instead of
   * making a tensor for it.
   */
  public Tensor requiresGrad(Tensor destination) {
    require("requiresGrad", DType.F32);
    if (!destination.shape().equals(shape())) {
      throw new IllegalArgumentException(
          "requiresGrad: destination " + destination.shape() + " does not fit tensor " + shape());
    }
    return view(operand(), Node.leaf(shape(), dtype(), Optional.of(destination)));
  }

  /** The same values with no tie to the tape. */
  public Tensor detach() {
    return view(operand());
  }

  /**
   * The gradients of this scalar towards every leaf it depends on. What the tape saved is given up.
   */
  public Gradients backward() {
    if (shape().count() != 1) {
      throw new IllegalArgumentException(
          "backward: shape " + shape() + " is no scalar; give the gradient to start from");
    }
    return backward(full(device(), shape(), 1));
  }

  /**
   * The gradients of the sum of {@code this * seed} towards every leaf it depends on. What the tape
   * saved is given up: one backward pass a forward pass. It is given up, too, where a pass fails;
   * destinations may then hold a part of their gradient.
   */
  public Gradients backward(Tensor seed) {
    return Backward.run(this, seed, Optional.empty());
  }

  /**
   * As {@link #backward(Tensor)}, towards the given leaves alone: nothing is computed for others,
   * and their destinations stay as they are. Operations on the way to the given leaves give up what
   * they saved; those on the way to other leaves alone keep it until the tape is forgotten.
   */
  public Gradients backward(Tensor seed, List<Tensor> leaves) {
    return Backward.run(this, seed, Optional.of(leaves));
  }

  /**
   * How many bytes the tape keeps alive for this tensor's backward pass, shared memory counted
   * once.
   */
  public long tapeBytes() {
    return Backward.savedBytes(this);
  }

  /** An operation of the caller's own. */
  public static Tensor apply(CustomOp op, Tensor... inputs) {
    return Extensions.custom(op, inputs);
  }

  /**
   * Applies a function without keeping what it computes: the backward pass runs it again. Leaves
   * that the function reads, parameters for instance, get their gradients too. The function must
   * compute the same again.
   */
  public Tensor recomputed(UnaryOperator<Tensor> function) {
    return Extensions.recompute(function, this);
  }

  // ---- element by element

  /** this + other. */
  public Tensor add(Tensor other) {
    return Pointwise.add(this, other);
  }

  /** this + value. */
  public Tensor add(float value) {
    return affine(1, value);
  }

  /** this - other. */
  public Tensor subtract(Tensor other) {
    return Pointwise.subtract(this, other);
  }

  /** this * other. */
  public Tensor multiply(Tensor other) {
    return Pointwise.multiply(this, other);
  }

  /** this * value. */
  public Tensor multiply(float value) {
    return affine(value, 0);
  }

  /** this / other. */
  public Tensor divide(Tensor other) {
    return Pointwise.divide(this, other);
  }

  /** scale * this + shift, rounded once. */
  public Tensor affine(float scale, float shift) {
    return Pointwise.affine(this, scale, shift);
  }

  /** this * factor + summand, rounded once. */
  public Tensor multiplyAdd(Tensor factor, Tensor summand) {
    return Pointwise.multiplyAdd(this, factor, summand);
  }

  /** The smaller of the two; each gets half of the gradient where they are equal. */
  public Tensor minimum(Tensor other) {
    return Pointwise.extremum(this, other, false);
  }

  /** The larger of the two; each gets half of the gradient where they are equal. */
  public Tensor maximum(Tensor other) {
    return Pointwise.extremum(this, other, true);
  }

  /** min(max(this, low), high); the gradient passes where low &lt;= this &lt;= high. */
  public Tensor clamp(float low, float high) {
    return Pointwise.clamp(this, low, high);
  }

  /** 1 where this &lt; other, else 0; no gradient. */
  public Tensor less(Tensor other) {
    return Pointwise.compare(BinaryOp.LESS, this, other);
  }

  /** 1 where this &lt;= other, else 0; no gradient. */
  public Tensor lessOrEqual(Tensor other) {
    return Pointwise.compare(BinaryOp.LESS_OR_EQUAL, this, other);
  }

  /** 1 where this == other, else 0; no gradient. */
  public Tensor equalTo(Tensor other) {
    return Pointwise.compare(BinaryOp.EQUAL, this, other);
  }

  /** a where this is not 0, else b. This has no gradient. */
  public Tensor where(Tensor a, Tensor b) {
    return Pointwise.where(this, a, b);
  }

  /** A function of each element. */
  public Tensor map(UnaryOp op) {
    return Pointwise.unary(op, this);
  }

  /** -this. */
  public Tensor negate() {
    return map(UnaryOp.NEGATE);
  }

  /** |this|. */
  public Tensor abs() {
    return map(UnaryOp.ABS);
  }

  /** -1, 0 or 1; gradient 0. */
  public Tensor sign() {
    return map(UnaryOp.SIGN);
  }

  /** this * this. */
  public Tensor square() {
    return map(UnaryOp.SQUARE);
  }

  /** The square root. */
  public Tensor sqrt() {
    return map(UnaryOp.SQRT);
  }

  /** e to the this. */
  public Tensor exp() {
    return map(UnaryOp.EXP);
  }

  /** The natural logarithm. */
  public Tensor log() {
    return map(UnaryOp.LOG);
  }

  /** The hyperbolic tangent. */
  public Tensor tanh() {
    return map(UnaryOp.TANH);
  }

  /** max(this, 0). */
  public Tensor relu() {
    return map(UnaryOp.RELU);
  }

  /** this * Phi(this), by the error function. */
  public Tensor gelu() {
    return map(UnaryOp.GELU);
  }

  // ---- views and movement

  /**
   * The same elements under another shape; copies only if they do not lie suitably. One extent may
   * be -1.
   */
  public Tensor reshape(int... extents) {
    return Views.reshape(this, extents);
  }

  /** The axes in another order. */
  public Tensor permute(int... order) {
    return Views.permute(this, order);
  }

  /** The last two axes exchanged. */
  public Tensor transpose() {
    return Views.transpose(this);
  }

  /** A part of one axis, from start (inclusive) to end (exclusive). */
  public Tensor slice(int axis, int start, int end) {
    return Views.slice(this, axis, start, end);
  }

  /** Repeated to a larger shape without copying. */
  public Tensor expand(Shape shape) {
    return Views.expand(this, shape);
  }

  /** This tensor if its elements lie in row-major order, else a copy that does. */
  public Tensor contiguous() {
    return operand().layout().isContiguous() ? this : copy();
  }

  /** A copy in row-major order. */
  public Tensor copy() {
    return Views.copy(this);
  }

  /** Joined along an axis; the other extents agree. */
  public static Tensor concatenate(int axis, Tensor... parts) {
    return Views.concatenate(axis, parts);
  }

  /** Zeros added before and after one axis. */
  public Tensor pad(int axis, int before, int after) {
    return Views.pad(this, axis, before, after);
  }

  /**
   * Converted to another type; values are rounded to nearest even, integers truncated and clamped.
   * Gradients pass unrounded between floating-point types and end at integers.
   */
  public Tensor cast(DType dtype) {
    return Views.cast(this, dtype);
  }

  /** The same values on another device; not recorded. */
  public Tensor to(Device device) {
    return device.equals(device()) ? this : Views.transfer(this, device);
  }

  /**
   * The entries of an axis that an index (I32, rank 1) names, in its order.
   *
   * @throws IndexOutOfBoundsException at an index outside, on the CPU; a GPU gives NaN (integers:
   *     0)
   */
  public Tensor gather(int axis, Tensor index) {
    return Views.gather(this, axis, index);
  }

  /**
   * The reverse of gather: entry i is added to entry index[i] of an axis of the given extent, from
   * zeros.
   *
   * @throws IndexOutOfBoundsException at an index outside, on the CPU; a GPU leaves the entry out
   */
  public Tensor scatterAdd(int axis, Tensor index, int extent) {
    return Views.scatterAdd(this, axis, index, extent);
  }

  /**
   * Pictures (N, C, H, W) of unsigned bytes, each moved its own way: element (i, j) of the result
   * is (i + down, j + right) of the picture, or of its mirrored row, (i + down, W - 1 - j + right);
   * 0 where there is none.
   *
   * @param moves I32 (N, 3): down, right, and whether to mirror, 1 or 0
   */
  public Tensor movePictures(Tensor moves) {
    return Views.movePictures(this, moves);
  }

  // ---- reductions

  /** The sum over axes, which stay with extent 1; all axes if none is given. */
  public Tensor sum(int... axes) {
    return Reductions.sum(this, axes);
  }

  /** The mean over axes, which stay with extent 1; all axes if none is given. */
  public Tensor mean(int... axes) {
    return Reductions.mean(this, axes);
  }

  /** The largest over axes, which stay with extent 1; all axes if none is given. */
  public Tensor max(int... axes) {
    return Reductions.extremum(ReduceOp.MAX, this, axes);
  }

  /** The smallest over axes, which stay with extent 1; all axes if none is given. */
  public Tensor min(int... axes) {
    return Reductions.extremum(ReduceOp.MIN, this, axes);
  }

  /**
   * The position (I32) of the largest along the last axis, which disappears; the lowest among
   * equals.
   */
  public Tensor argMax() {
    return topK(1).indices().reshape(shape().without(-1).toArray());
  }

  /** The k largest along the last axis, largest first; no gradient. */
  public TopK topK(int k) {
    return Reductions.topK(this, k);
  }

  /**
   * The largest entries of each row.
   *
   * @param values F32, last extent k
   * @param indices I32, likewise
   */
  public record TopK(Tensor values, Tensor indices) {}

  // ---- products and convolutions

  /** Matrix product of the last two axes; the axes before them broadcast. */
  public Tensor matmul(Tensor other) {
    return Products.matmul(this, other);
  }

  /**
   * this * weight^T + bias along the last axis.
   *
   * @param weight (out, in)
   * @param bias (out)
   */
  public Tensor linear(Tensor weight, Tensor bias) {
    return Linears.linear(this, weight, bias);
  }

  /**
   * {@code activation(this)} times weight^T + bias along the last axis; for the gradient the tape
   * keeps this tensor alone, and what the activation makes of it is made again.
   *
   * @param weight (out, in)
   * @param bias (out)
   */
  public Tensor linear(Activation activation, Tensor weight, Tensor bias) {
    return Linears.linear(activation, this, weight, bias);
  }

  /**
   * {@code layerNorm(this)} times weight^T + bias along the last axis; for the gradient the tape
   * keeps this tensor alone, and what the norm makes of it is made again.
   *
   * @param weight (out, in)
   * @param bias (out)
   */
  public Tensor linear(LayerNormParameters norm, Tensor weight, Tensor bias) {
    return Linears.linear(norm, this, weight, bias);
  }

  /**
   * Convolution of (N, C, H, W) with weight (O, C, kh, kw) and bias (O), zero padding on all four
   * sides.
   *
   * @return (N, O, (H + 2 padding - kh) / stride + 1, likewise)
   */
  public Tensor conv2d(Tensor weight, Tensor bias, int stride, int padding) {
    return Convolutions.conv2d(this, weight, Optional.of(bias), stride, padding);
  }

  /** As {@link #conv2d(Tensor, Tensor, int, int)} without a bias. */
  public Tensor conv2d(Tensor weight, int stride, int padding) {
    return Convolutions.conv2d(this, weight, Optional.empty(), stride, padding);
  }

  /**
   * One odd k x k filter a channel, stride 1, padding k/2: (N, C, H, W) with weight (C, 1, k, k)
   * and bias (C).
   */
  public Tensor depthwiseConv2d(Tensor weight, Tensor bias) {
    return Convolutions.depthwise(this, weight, bias);
  }

  // ---- normalisation, attention, loss

  /** Softmax along the last axis. */
  public Tensor softmax() {
    return Normalization.softmax(this, false);
  }

  /** The logarithm of softmax along the last axis. */
  public Tensor logSoftmax() {
    return Normalization.softmax(this, true);
  }

  /** Layer normalisation along the last axis with weight and bias of its extent. */
  public Tensor layerNorm(Tensor weight, Tensor bias, float epsilon) {
    return Normalization.layerNorm(this, new LayerNormParameters(weight, bias, epsilon));
  }

  /** Batch normalisation of (N, C, ...) with the statistics of the batch. */
  public BatchNormalized batchNorm(Tensor weight, Tensor bias, float epsilon) {
    return Normalization.batchNorm(this, weight, bias, epsilon);
  }

  /**
   * Batch normalisation of {@code activation(this)}, with a shortcut around both: {@code
   * batchNorm(activation(this)) + addend}, as ConvMixer's blocks have it.
   *
   * @param addend of this tensor's shape
   */
  public BatchNormalized batchNorm(
      Activation activation, Tensor weight, Tensor bias, float epsilon, Optional<Tensor> addend) {
    return Normalization.batchNorm(this, activation, weight, bias, epsilon, addend);
  }

  /**
   * A normalised batch and its statistics, which have no gradient.
   *
   * @param mean per channel
   * @param variance per channel, divisor n
   */
  public record BatchNormalized(Tensor output, Tensor mean, Tensor variance) {}

  /**
   * Batch normalisation of (N, C, ...) with given statistics: (this - mean) / sqrt(variance +
   * epsilon) * weight + bias.
   */
  public Tensor batchNorm(Tensor weight, Tensor bias, Tensor mean, Tensor variance, float epsilon) {
    return batchNorm(Activation.IDENTITY, weight, bias, mean, variance, epsilon, Optional.empty());
  }

  /**
   * Batch normalisation of {@code activation(this)} with given statistics, with a shortcut around
   * both: {@code batchNorm(activation(this)) + addend}.
   *
   * @param addend of this tensor's shape
   */
  public Tensor batchNorm(
      Activation activation,
      Tensor weight,
      Tensor bias,
      Tensor mean,
      Tensor variance,
      float epsilon,
      Optional<Tensor> addend) {
    return Normalization.batchNorm(this, activation, weight, bias, mean, variance, epsilon, addend);
  }

  /**
   * What lies between two pointwise convolutions of a ConvMixer, of (N, C, H, W), with the
   * statistics of the batch. Faster than its operations one by one.
   */
  public MixerStage.Normalized mixerStage(MixerStage stage, float epsilon) {
    return Mixers.training(this, stage, epsilon);
  }

  /** The same with given statistics, which the stage's scalings hold. */
  public Tensor mixerStage(MixerStage stage) {
    return Mixers.evaluation(this, stage);
  }

  /**
   * Self-attention from packed projections (B, N, 3 D), rows q, k, v, each split into heads: (B, N,
   * D).
   */
  public Tensor attention(int heads) {
    return Normalization.attention(this, heads);
  }

  /**
   * The cross-entropy of each row of logits (N, K) against probabilities (N, K): (N). Its gradient
   * is towards the logits alone.
   *
   * @throws IllegalArgumentException if the probabilities require a gradient: there is none
   */
  public Tensor crossEntropy(Tensor probabilities) {
    return Normalization.crossEntropy(this, probabilities);
  }

  /**
   * Labels (I32, N) as rows that are {@code on} at the label and {@code off} elsewhere: (N,
   * classes). The row of a label that is no class is {@code off} throughout.
   */
  public Tensor oneHot(int classes, float on, float off) {
    return Views.oneHot(this, classes, on, off);
  }

  /** Float32, or another type that the device computes with. */
  void requireReal(String operation) {
    if (!backend().computesWith(dtype())) {
      require(operation, DType.F32);
    }
  }

  void require(String operation, DType expected) {
    if (dtype() != expected) {
      throw new IllegalArgumentException(
          operation
              + ": tensor of shape "
              + shape()
              + " is "
              + dtype()
              + ", expected "
              + expected
              + "; cast it first");
    }
  }

  /** Shape, type and device; small tensors with their values. */
  @Override
  public String toString() {
    String head = "Tensor" + shape() + " " + dtype() + " " + device();
    if (releasedBy != null) {
      return head + " (released)";
    }
    return dtype() == DType.F32 && shape().count() <= 16
        ? head + " " + Arrays.toString(toFloats())
        : head;
  }

  Storage storage() {
    return operand().storage();
  }
}
