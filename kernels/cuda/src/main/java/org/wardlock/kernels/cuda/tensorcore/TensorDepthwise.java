package org.wardlock.kernels.cuda.tensorcore;

import java.util.Optional;
import org.wardlock.kernels.source.KernelArguments;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.Storage;

/**
 * Depthwise convolutions of bf16 by tensor_depthwise.cu, for filters of 3, 5, 7 and 9 and planes
 * that fit into shared memory. The gradient towards the filters is summed over {@link
 * #BACKWARD_PICTURES} pictures at a time, and those sums in order.
 */
final class TensorDepthwise {
  private static final String FAMILY = "tensor_depthwise";

  // as in tensor_depthwise.cu
  private static final int WARPS = 4;
  private static final int THREADS = WARPS * 32;
  private static final int CHUNK_BYTES = 16;
  private static final int CHUNK = CHUNK_BYTES / Short.BYTES;
  private static final int FORWARD_PICTURES = 16;
  private static final int MATRIX_BYTES = 16 * 8 * Float.BYTES;

  /** The pictures that one block sums over. */
  static final int BACKWARD_PICTURES = 32;

  /** Elements that are copied at once: rows are multiples of this. */
  private static final int PIECE = 4;

  private final TensorCores cores;
  private final Backend backend;
  private final int largestSharedBytes;

  TensorDepthwise(TensorCores cores, Backend backend, int largestSharedBytes) {
    this.cores = cores;
    this.backend = backend;
    this.largestSharedBytes = largestSharedBytes;
  }

  /** Convolves, or does nothing if it is not for tensor cores: says which. */
  boolean convolve(
      Operand x,
      Operand weight,
      Optional<Operand> bias,
      boolean turned,
      Optional<Operand> addend,
      Operand out) {
    int side = weight.shape().extent(2);
    int sharedBytes = WARPS * 2 * windowBytes(x.shape(), side);
    Operand biasOrAny = bias.orElse(weight);
    if (!isKnown(x, side, sharedBytes)
        || !isParameter(weight)
        || !isParameter(biasOrAny)
        || !lies(addend.orElse(x))
        || out.dtype() != DType.BF16) {
      return false;
    }
    KernelArguments arguments = start(x.shape());
    addPlanes(arguments, x)
        .dense(weight)
        .flag(weight.dtype() == DType.BF16)
        .flag(turned)
        .dense(biasOrAny)
        .flag(bias.isPresent())
        .flag(biasOrAny.dtype() == DType.BF16);
    addPlanes(arguments, addend.orElse(x)).flag(addend.isPresent()).dense(out);
    int blocks = blocks(x.shape(), FORWARD_PICTURES);
    cores.launch(FAMILY, "depthwise" + side, sharedBytes, blocks, THREADS, arguments);
    return true;
  }

  /** Computes the gradient towards the weight, or nothing: says which. */
  boolean backwardWeight(Operand x, Operand g, Operand out) {
    int side = out.shape().extent(2);
    int planeBytes = windowBytes(x.shape(), side) + plainBytes(x.shape());
    int sharedBytes = Math.max(WARPS * 2 * planeBytes, WARPS * side * MATRIX_BYTES);
    if (!isKnown(x, side, sharedBytes)
        || !lies(g)
        || !(out.dtype() == DType.F32 || out.dtype() == DType.BF16)) {
      return false;
    }
    int channels = x.shape().extent(1);
    int parts = Math.ceilDiv(x.shape().extent(0), BACKWARD_PICTURES);
    Shape shape = Shape.of(1, parts, channels, side * side);
    Storage storage = backend.allocate(DType.F32, shape.count());
    try {
      var sums = new Operand(storage, Layout.contiguous(shape));
      KernelArguments arguments = start(x.shape());
      addPlanes(arguments, x);
      addPlanes(arguments, g).memory(sums);
      int blocks = blocks(x.shape(), BACKWARD_PICTURES);
      cores.launch(FAMILY, "depthwiseWeight" + side, sharedBytes, blocks, THREADS, arguments);
      TensorGemm.addUp(cores, sums, out, Epilogue.NONE);
    } finally {
      storage.release();
    }
    return true;
  }

  private boolean isKnown(Operand x, int side, int sharedBytes) {
    return lies(x)
        && (side == 3 || side == 5 || side == 7 || side == 9)
        && x.shape().count() > 0
        && sharedBytes <= largestSharedBytes;
  }

  /** Whether planes are bf16 with rows that can be copied four elements at a time. */
  private static boolean lies(Operand x) {
    Layout layout = x.layout();
    return x.dtype() == DType.BF16
        && layout.stride(3) == 1
        && x.shape().extent(3) % PIECE == 0
        && layout.stride(2) % PIECE == 0
        && layout.stride(1) % PIECE == 0
        && layout.stride(0) % PIECE == 0
        && layout.offset() % PIECE == 0;
  }

  private static boolean isParameter(Operand operand) {
    return (operand.dtype() == DType.BF16 || operand.dtype() == DType.F32)
        && operand.layout().isContiguous();
  }

  private static KernelArguments start(Shape image) {
    return new KernelArguments()
        .number(image.extent(0))
        .number(image.extent(1))
        .number(image.extent(2))
        .number(image.extent(3));
  }

  private static KernelArguments addPlanes(KernelArguments arguments, Operand x) {
    Layout layout = x.layout();
    return arguments
        .dense(x)
        .number(Math.toIntExact(layout.stride(0)))
        .number(Math.toIntExact(layout.stride(1)))
        .number(Math.toIntExact(layout.stride(2)));
  }

  /** One for each channel and so many pictures. */
  private static int blocks(Shape image, int pictures) {
    return Math.multiplyExact(image.extent(1), Math.ceilDiv(image.extent(0), pictures));
  }

  private static int rows(Shape image) {
    return Math.ceilDiv(image.extent(2), 16) * 16;
  }

  /** A plane with a margin of zeros, an odd number of chunks a row. */
  private static int windowBytes(Shape image, int side) {
    int chunks = Math.ceilDiv(image.extent(3), CHUNK) + 1 | 1;
    return (rows(image) + side - 1) * chunks * CHUNK_BYTES;
  }

  private static int plainBytes(Shape image) {
    int chunks = Math.ceilDiv(image.extent(3), CHUNK) | 1;
    return rows(image) * chunks * CHUNK_BYTES;
  }
}
