package org.wardlock.kernels.source;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;
import org.wardlock.tensor.spi.Storage;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * A backend of kernels that OpenCL and CUDA share, launched through a {@link GpuRuntime}. It has
 * the primitives and the fused operations that pay on every GPU; the rest are the composed
 * defaults.
 */
public final class GpuBackend implements Backend {
  /** Kernels count elements with 32-bit integers. */
  private static final long LARGEST_STORAGE = Integer.MAX_VALUE;

  private static final String MOVEMENT = "movement";
  private static final String POINTWISE = "pointwise";
  private static final String REDUCTION = "reduction";
  private static final String DEPTHWISE = "depthwise";

  private final GpuRuntime runtime;
  private final KernelLibrary kernels;
  private final AtomicLong bytesInUse = new AtomicLong();

  /** Computes on the runtime's device. */
  public GpuBackend(GpuRuntime runtime) {
    this.runtime = runtime;
    this.kernels = new KernelLibrary(runtime);
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
  public Storage allocate(DType dtype, long size) {
    if (size > LARGEST_STORAGE) {
      throw noRoom(dtype, size, "at most " + LARGEST_STORAGE + " elements a tensor", null);
    }
    long bytes = Math.max(1, size * dtype.bytes());
    GpuMemory memory;
    try {
      memory = runtime.allocate(bytes);
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
    Walk walk = Walk.of(out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .longNumber(ElementBits.of(out.dtype(), value))
            .view(out, walk.view(0));
    kernels.each(MOVEMENT, "fill" + out.dtype().bytes(), walk.count(), arguments);
  }

  @Override
  public void copy(Operand x, Operand out) {
    Walk walk = Walk.of(x, out);
    var arguments =
        new KernelArguments().words(walk.extents()).view(x, walk.view(0)).view(out, walk.view(1));
    kernels.each(MOVEMENT, "copy" + x.dtype().bytes(), walk.count(), arguments);
  }

  @Override
  public void cast(Operand x, Operand out) {
    if (x.dtype() == out.dtype()) {
      copy(x, out);
      return;
    }
    Walk walk = Walk.of(x, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .number(x.dtype().ordinal())
            .view(x, walk.view(0))
            .number(out.dtype().ordinal())
            .view(out, walk.view(1));
    kernels.each("cast", "cast", walk.count(), arguments);
  }

  @Override
  public void gather(Operand x, int axis, Operand index, Operand out) {
    Layout to = outermost(out.layout(), axis);
    // read as if it had the extents of the output; the kernel puts in the index
    Layout from = outermost(x.layout(), axis);
    Walk walk = Walk.keepingOutermost(Layout.of(to.shape(), from.strides(), from.offset()), to);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .view(x, walk.view(0))
            .number(x.shape().extent(axis))
            .longNumber(ElementBits.of(out.dtype(), Double.NaN))
            .view(index, Walk.unmerged(index.layout()).view(0))
            .view(out, walk.view(1));
    kernels.each(MOVEMENT, "gather" + x.dtype().bytes(), walk.count(), arguments);
  }

  @Override
  public void scatterAdd(Operand x, int axis, Operand index, Operand out) {
    Layout from = outermost(x.layout(), axis);
    Layout to = outermost(out.layout(), axis);
    int rows = from.shape().extent(0);
    Walk columns = Walk.of(inner(from), inner(to));
    var arguments =
        new KernelArguments()
            .number(rows)
            .words(columns.extents())
            .view(x, columns.view(0))
            .number(Math.toIntExact(from.stride(0)))
            .view(index, Walk.unmerged(index.layout()).view(0))
            .view(out, columns.view(1))
            .number(Math.toIntExact(to.stride(0)))
            .number(to.shape().extent(0));
    kernels.each(MOVEMENT, "scatterAdd", rows == 0 ? 0 : columns.count(), arguments);
  }

  /** The layout with one axis moved to the front. */
  private static Layout outermost(Layout layout, int axis) {
    IntStream others = IntStream.range(0, layout.shape().rank()).filter(other -> other != axis);
    return layout.permute(IntStream.concat(IntStream.of(axis), others).toArray());
  }

  /** The layout of one entry of the outermost axis. */
  private static Layout inner(Layout layout) {
    long[] strides = layout.strides();
    return Layout.of(
        layout.shape().without(0), Arrays.copyOfRange(strides, 1, strides.length), layout.offset());
  }

  // ---- element by element

  @Override
  public void unary(UnaryOp op, Operand x, Operand out) {
    Walk walk = Walk.of(x, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .number(op.ordinal())
            .view(x, walk.view(0))
            .view(out, walk.view(1));
    kernels.each(POINTWISE, "unary", walk.count(), arguments);
  }

  @Override
  public void unaryGradient(UnaryOp op, Operand saved, Operand g, Operand out) {
    Walk walk = Walk.of(saved, g, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .number(op.ordinal())
            .view(saved, walk.view(0))
            .view(g, walk.view(1))
            .view(out, walk.view(2));
    kernels.each(POINTWISE, "unaryGradient", walk.count(), arguments);
  }

  @Override
  public void affine(Operand x, float scale, float shift, Operand out) {
    withTwoNumbers("affine", scale, shift, x, out);
  }

  @Override
  public void clamp(Operand x, float low, float high, Operand out) {
    withTwoNumbers("clampBetween", low, high, x, out);
  }

  private void withTwoNumbers(String kernel, float first, float second, Operand x, Operand out) {
    Walk walk = Walk.of(x, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .number(first)
            .number(second)
            .view(x, walk.view(0))
            .view(out, walk.view(1));
    kernels.each(POINTWISE, kernel, walk.count(), arguments);
  }

  @Override
  public void binary(BinaryOp op, Operand a, Operand b, Operand out) {
    Walk walk = Walk.of(a, b, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .number(op.ordinal())
            .view(a, walk.view(0))
            .view(b, walk.view(1))
            .view(out, walk.view(2));
    kernels.each(POINTWISE, "binary", walk.count(), arguments);
  }

  @Override
  public void multiplyAdd(Operand a, Operand b, Operand c, Operand out) {
    ofThree("multiplyAdd", a, b, c, out);
  }

  @Override
  public void where(Operand condition, Operand a, Operand b, Operand out) {
    ofThree("where", condition, a, b, out);
  }

  private void ofThree(String kernel, Operand a, Operand b, Operand c, Operand out) {
    Walk walk = Walk.of(a, b, c, out);
    var arguments =
        new KernelArguments()
            .words(walk.extents())
            .view(a, walk.view(0))
            .view(b, walk.view(1))
            .view(c, walk.view(2))
            .view(out, walk.view(3));
    kernels.each(POINTWISE, kernel, walk.count(), arguments);
  }

  // ---- rows

  @Override
  public void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    int[] others =
        IntStream.range(0, x.shape().rank())
            .filter(axis -> Arrays.binarySearch(axes, axis) < 0)
            .toArray();
    Walk kept = Walk.of(along(x.layout(), x.layout().offset(), others));
    Walk reduced = Walk.of(along(x.layout(), 0, axes));
    var arguments =
        new KernelArguments()
            .number(op.ordinal())
            .words(kept.extents())
            .words(reduced.extents())
            .view(x, kept.view(0))
            .words(reduced.view(0))
            .memory(out)
            .number(offset(out));
    kernels.lanes(REDUCTION, "reduce", kept.count(), arguments);
  }

  /** Some axes of a layout. */
  private static Layout along(Layout layout, long offset, int... axes) {
    int[] extents = IntStream.of(axes).map(layout.shape()::extent).toArray();
    long[] strides = IntStream.of(axes).mapToLong(layout::stride).toArray();
    return Layout.of(Shape.of(extents), strides, offset);
  }

  /** All axes but the last. */
  private static Walk rows(Operand x) {
    int[] axes = IntStream.range(0, x.shape().rank() - 1).toArray();
    return Walk.of(along(x.layout(), x.layout().offset(), axes));
  }

  private static int lastStride(Operand x) {
    return Math.toIntExact(x.layout().stride(x.shape().rank() - 1));
  }

  private static int offset(Operand out) {
    return Math.toIntExact(out.layout().offset());
  }

  @Override
  public void topK(Operand x, int k, Operand values, Operand indices) {
    Walk rows = rows(x);
    var arguments =
        new KernelArguments()
            .number(k)
            .words(rows.extents())
            .number(x.shape().extent(-1))
            .view(x, rows.view(0))
            .number(lastStride(x))
            .memory(values)
            .number(offset(values))
            .memory(indices)
            .number(offset(indices));
    kernels.groups(REDUCTION, "topK", rows.count(), arguments);
  }

  @Override
  public void softmax(Operand x, boolean logarithm, Operand out) {
    Walk rows = rows(x);
    int columns = x.shape().extent(-1);
    var arguments =
        new KernelArguments()
            .flag(logarithm)
            .words(rows.extents())
            .number(columns)
            .view(x, rows.view(0))
            .number(lastStride(x))
            .memory(out)
            .number(offset(out));
    kernels.lanes(REDUCTION, "softmax", columns == 0 ? 0 : rows.count(), arguments);
  }

  // ---- products and convolutions

  /** As in gemm.kernel. */
  private static final int TILE = 64;

  @Override
  public void gemm(Operand a, Operand b, Operand out, Epilogue epilogue) {
    Shape shape = out.shape();
    int summed = shape.extent(0) == 1 ? a.shape().extent(0) : 1;
    int tiles = Math.ceilDiv(shape.extent(1), TILE) * Math.ceilDiv(shape.extent(2), TILE);
    Optional<Epilogue.Bias> bias =
        epilogue instanceof Epilogue.Bias given ? Optional.of(given) : Optional.empty();
    // without a bias the kernel reads none, but wants a pointer
    Operand biasOrAny = bias.map(Epilogue.Bias::bias).orElse(a);
    var arguments =
        new KernelArguments()
            .number(summed)
            .number(shape.extent(1))
            .number(a.shape().extent(2))
            .number(shape.extent(2))
            .view(a, Walk.unmerged(a.layout()).view(0))
            .view(b, Walk.unmerged(b.layout()).view(0))
            .memory(out)
            .number(offset(out))
            .number(FinishKind.of(epilogue).ordinal())
            .memory(biasOrAny)
            .number(offset(biasOrAny))
            .number(bias.map(given -> given.activation().ordinal()).orElse(0));
    kernels.groups("gemm", "gemm", shape.extent(0) * tiles, arguments);
  }

  @Override
  public void depthwise(Operand x, Operand weight, Optional<Operand> bias, Operand out) {
    convolve(x, weight, bias, false, out);
  }

  @Override
  public void depthwiseBackwardInput(Operand g, Operand weight, Operand out) {
    convolve(g, weight, Optional.empty(), true, out);
  }

  private void convolve(
      Operand x, Operand weight, Optional<Operand> bias, boolean turned, Operand out) {
    Walk image = Walk.unmerged(x.layout());
    Operand biasOrAny = bias.orElse(weight);
    var arguments =
        new KernelArguments()
            .words(image.extents())
            .number(weight.shape().extent(2))
            .flag(turned)
            .view(x, image.view(0))
            .view(weight, Walk.unmerged(weight.layout()).view(0))
            .flag(bias.isPresent())
            .view(biasOrAny, Walk.unmerged(biasOrAny.layout()).view(0))
            .memory(out)
            .number(offset(out));
    kernels.each(DEPTHWISE, "depthwise", image.count(), arguments);
  }

  @Override
  public void depthwiseBackwardWeight(Operand x, Operand g, Operand out) {
    Walk image = Walk.unmerged(x.layout(), g.layout());
    var arguments =
        new KernelArguments()
            .words(image.extents())
            .number(out.shape().extent(2))
            .view(x, image.view(0))
            .view(g, image.view(1))
            .memory(out)
            .number(offset(out));
    int taps = Math.toIntExact(out.shape().count());
    kernels.lanes(DEPTHWISE, "depthwiseBackwardWeight", taps, arguments);
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
            .view(streams, Walk.unmerged(streams.layout()).view(0))
            .memory(out)
            .number(offset(out));
    kernels.each("random", "philox", rows * Math.ceilDiv(columns, 4), arguments);
  }
}
