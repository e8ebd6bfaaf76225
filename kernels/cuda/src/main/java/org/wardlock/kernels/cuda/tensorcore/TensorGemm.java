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
 * Matrix products by tensor_gemm.cu. A long summed extent is cut into slices of {@link
 * #SLICE_LENGTH}, so that a weight's gradient, small and summed over a whole batch, keeps more of
 * the device busy than it has tiles; the slices are added up in order. The cuts follow from the
 * summed extent alone, and so do the bits.
 */
final class TensorGemm {
  private static final String FAMILY = "tensor_gemm";

  // as in tensor_gemm.cu
  private static final int TILE = 128;
  private static final int DEPTH_BYTES = 64;
  private static final int STAGES = 3;
  private static final int SHARED_BYTES = STAGES * 2 * TILE * DEPTH_BYTES;
  private static final int SUM_THREADS = 256;
  private static final int SUM_NEIGHBOURS = 4;

  /** How much of the summed extent one block adds up. */
  static final int SLICE_LENGTH = 4096;

  private final TensorCores cores;
  private final Backend backend;
  private final boolean tf32;

  TensorGemm(TensorCores cores, Backend backend, boolean tf32) {
    this.cores = cores;
    this.backend = backend;
    this.tf32 = tf32;
  }

  /** Computes a product, or nothing if it is not one for tensor cores: says which. */
  boolean multiply(Operand a, Operand b, Operand out, Epilogue epilogue) {
    Shape shape = out.shape();
    if (!isKnown(a.dtype(), b.dtype(), out.dtype())
        || shape.count() == 0
        || a.shape().count() == 0) {
      return false;
    }
    Optional<Matrix> left = Matrix.of(a, 2);
    Optional<Matrix> right = Matrix.of(b, 1);
    if (left.isEmpty() || right.isEmpty()) {
      return false;
    }
    var product = new Product(left.get(), right.get(), out);
    if (product.blocks() > Integer.MAX_VALUE) {
      return false;
    }
    if (product.slices() == 1) {
      launch(product, out, epilogue);
      return true;
    }
    Shape parts = Shape.of(shape.extent(0), product.slices(), shape.extent(1), shape.extent(2));
    Storage storage = backend.allocate(DType.F32, parts.count());
    try {
      var sums = new Operand(storage, Layout.contiguous(parts));
      launch(product, sums, Epilogue.NONE);
      addUp(cores, sums, out, epilogue);
    } finally {
      storage.release();
    }
    return true;
  }

  private boolean isKnown(DType a, DType b, DType out) {
    return a == b
        && switch (a) {
          case BF16 -> out == DType.BF16 || out == DType.F32;
          case F32 -> tf32 && out == DType.F32;
          default -> false;
        };
  }

  /** A product of operands that fit, cut into blocks. */
  private record Product(Matrix left, Matrix right, Operand out) {
    private int entries() {
      return out.shape().extent(0);
    }

    int rows() {
      return out.shape().extent(1);
    }

    int columns() {
      return out.shape().extent(2);
    }

    int inner() {
      return left.operand().shape().extent(2);
    }

    /** Products that are added up into one. */
    int summed() {
      return entries() == 1 ? left.operand().shape().extent(0) : 1;
    }

    private int depth() {
      return DEPTH_BYTES / left.operand().dtype().bytes();
    }

    int sliceSteps() {
      return SLICE_LENGTH / depth();
    }

    int slices() {
      int steps = Math.multiplyExact(summed(), Math.ceilDiv(inner(), depth()));
      return Math.ceilDiv(steps, sliceSteps());
    }

    long blocks() {
      long tiles = (long) Math.ceilDiv(rows(), TILE) * Math.ceilDiv(columns(), TILE);
      return tiles * slices() * entries();
    }

    int threads() {
      return left.operand().dtype() == DType.BF16 ? 128 : 256;
    }

    /** The kernel's name: types, then which extents lie contiguously. */
    String kernel(DType outType) {
      String types =
          left.operand().dtype() == DType.F32
              ? "gemmTf32"
              : outType == DType.BF16 ? "gemmBf16" : "gemmBf16Float";
      return types + (left.innerContiguous() ? "K" : "M") + (right.innerContiguous() ? "K" : "N");
    }
  }

  private void launch(Product product, Operand out, Epilogue epilogue) {
    var arguments =
        new KernelArguments()
            .number(product.rows())
            .number(product.inner())
            .number(product.columns())
            .number(product.summed())
            .number(product.slices())
            .number(product.sliceSteps());
    product.left().addTo(arguments);
    product.right().addTo(arguments);
    addFinish(arguments, out, epilogue);
    cores.launch(
        FAMILY,
        product.kernel(out.dtype()),
        SHARED_BYTES,
        (int) product.blocks(),
        product.threads(),
        arguments);
  }

  /**
   * Adds up (entries, slices, rows, columns) of float32 in the order of the slices.
   *
   * @param out (entries, rows, columns)
   */
  static void addUp(TensorCores cores, Operand parts, Operand out, Epilogue epilogue) {
    Shape shape = parts.shape();
    int entries = shape.extent(0);
    int rows = shape.extent(2);
    int columns = shape.extent(3);
    var arguments =
        new KernelArguments()
            .number(entries)
            .number(rows)
            .number(columns)
            .number(shape.extent(1))
            .memory(parts);
    addFinish(arguments, out, epilogue);
    long items = (long) entries * rows * Math.ceilDiv(columns, SUM_NEIGHBOURS);
    String kernel = out.dtype() == DType.BF16 ? "sumSlicesBf16" : "sumSlicesFloat";
    int blocks = Math.toIntExact(Math.ceilDiv(items, SUM_THREADS));
    cores.launch(FAMILY, kernel, 0, blocks, SUM_THREADS, arguments);
  }

  /** Where the product goes, and what happens to it before. */
  private static void addFinish(KernelArguments arguments, Operand out, Epilogue epilogue) {
    arguments.dense(out);
    switch (epilogue) {
      case Epilogue.Store() -> addFinish(arguments, 0, out, 0);
      case Epilogue.Accumulate() -> addFinish(arguments, 1, out, 0);
      case Epilogue.Bias(var bias, var along, var activation) ->
          addFinish(
              arguments,
              switch (along) {
                case ROWS -> 2;
                case COLUMNS -> 3;
              },
              bias,
              switch (activation) {
                case IDENTITY -> 0;
                case RELU -> 1;
                case GELU -> 2;
              });
    }
  }

  /** Without a bias the kernel reads none, but wants an address. */
  private static void addFinish(
      KernelArguments arguments, int kind, Operand biasOrAny, int activation) {
    arguments
        .number(kind)
        .dense(biasOrAny)
        .flag(biasOrAny.dtype() == DType.BF16)
        .number(activation);
  }
}
