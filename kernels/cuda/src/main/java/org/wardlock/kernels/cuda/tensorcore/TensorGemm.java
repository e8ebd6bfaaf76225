package org.wardlock.kernels.cuda.tensorcore;

import java.util.ArrayList;
import java.util.List;
import org.wardlock.kernels.source.KernelArguments;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.Storage;

/**
 * Matrix products by tensor_gemm.cu, or by hopper_gemm.cu where warpgroups multiply bf16. A long
 * summed extent is cut into slices of {@link #SLICE_LENGTH}, so that a weight's gradient, small and
 * summed over a whole batch, keeps more of the device busy than it has tiles; the slices are added
 * up in order. The cuts follow from the summed extent alone, and so do the bits. An operand that
 * does not lie as {@link Matrix} says is copied first, so that strides change nothing either.
 */
final class TensorGemm {
  private static final String FAMILY = "tensor_gemm";

  // as in tensor_gemm.cu
  private static final int TILE = 128;
  private static final int DEPTH_BYTES = 64;
  private static final int STAGES = 3;
  private static final int SUM_THREADS = 256;
  private static final int SUM_NEIGHBOURS = 4;

  // as in hopper_gemm.cu
  private static final String HOPPER_FAMILY = "hopper_gemm";
  private static final int HOPPER_DEPTH = 64;
  private static final int HOPPER_STAGES = 4;

  /** How much of the summed extent one block adds up. */
  static final int SLICE_LENGTH = 4096;

  private final TensorCores cores;
  private final Backend backend;
  private final boolean tf32;
  private final boolean warpgroups;

  TensorGemm(TensorCores cores, Backend backend, boolean tf32, boolean warpgroups) {
    this.cores = cores;
    this.backend = backend;
    this.tf32 = tf32;
    this.warpgroups = warpgroups;
  }

  /** Computes a product, or nothing if it is not one for tensor cores: says which. */
  boolean multiply(Operand a, Operand b, Operand out, Epilogue epilogue) {
    Shape shape = out.shape();
    if (!isKnown(a.dtype(), b.dtype(), out.dtype())
        || shape.count() == 0
        || a.shape().count() == 0) {
      return false;
    }
    try (var copies = new Copies(backend)) {
      var product =
          new Product(
              copies.matrix(a, 2), copies.matrix(b, 1), out, method(a.dtype(), shape.extent(2)));
      if (product.slices() == 1) {
        launch(product, out, epilogue);
      } else {
        Operand parts =
            copies.floats(shape.extent(0), product.slices(), shape.extent(1), shape.extent(2));
        launch(product, parts, Epilogue.NONE);
        addUp(cores, parts, out, epilogue);
      }
    }
    return true;
  }

  /** Memory between the stages of a product, given back when closed. */
  private record Copies(Backend backend, List<Storage> storages) implements AutoCloseable {
    Copies(Backend backend) {
      this(backend, new ArrayList<>());
    }

    /** An operand with the summed extent at an axis, copied first if it does not lie as it must. */
    Matrix matrix(Operand operand, int innerAxis) {
      return Matrix.of(operand, innerAxis)
          .orElseGet(() -> Matrix.of(copied(operand), innerAxis).orElseThrow());
    }

    /** What repeats along the batch is copied once. */
    private Operand copied(Operand operand) {
      Layout from = operand.layout();
      Layout source = from.stride(0) == 0 ? from.slice(0, 0, 1) : from;
      Layout layout = Matrix.gapped(source.shape(), operand.dtype().bytes());
      Operand copy = operand(operand.dtype(), layout.end(), layout);
      backend.copy(operand.with(source), copy);
      return copy.with(layout.expand(from.shape()));
    }

    Operand floats(int... extents) {
      Shape shape = Shape.of(extents);
      return operand(DType.F32, shape.count(), Layout.contiguous(shape));
    }

    private Operand operand(DType dtype, long size, Layout layout) {
      Storage storage = backend.allocate(dtype, size);
      storages.add(storage);
      return new Operand(storage, layout);
    }

    @Override
    public void close() {
      storages.forEach(Storage::release);
    }
  }

  private boolean isKnown(DType a, DType b, DType out) {
    return a == b
        && switch (a) {
          case BF16 -> out == DType.BF16 || out == DType.F32;
          case F32 -> tf32 && out == DType.F32;
          default -> false;
        };
  }

  /**
   * The kernels that compute a product.
   *
   * @param family their source
   * @param columns of a tile of 128 rows
   * @param depth of a step, in elements
   * @param threads of a block
   * @param sharedBytes of a block
   */
  private record Method(String family, int columns, int depth, int threads, int sharedBytes) {
    static final Method BF16 = ofWarps(DType.BF16, 128);
    static final Method TF32 = ofWarps(DType.F32, 256);
    static final Method HOPPER_192 = ofWarpgroups(192);
    static final Method HOPPER_256 = ofWarpgroups(256);

    private static Method ofWarps(DType dtype, int threads) {
      int sharedBytes = STAGES * 2 * TILE * DEPTH_BYTES;
      return new Method(FAMILY, TILE, DEPTH_BYTES / dtype.bytes(), threads, sharedBytes);
    }

    private static Method ofWarpgroups(int columns) {
      int sharedBytes = HOPPER_STAGES * (TILE + columns) * HOPPER_DEPTH * Short.BYTES;
      return new Method(HOPPER_FAMILY, columns, HOPPER_DEPTH, 256, sharedBytes);
    }

    /** The kernel's name: types, then which extents lie contiguously. */
    String kernel(Matrix left, Matrix right, DType out) {
      String orders = (left.innerContiguous() ? "K" : "M") + (right.innerContiguous() ? "K" : "N");
      String types = out == DType.BF16 ? "Bf16" : "Bf16Float";
      if (family.equals(HOPPER_FAMILY)) {
        return "hopper" + types + orders + columns;
      }
      return "gemm" + (left.operand().dtype() == DType.F32 ? "Tf32" : types) + orders;
    }
  }

  /** Where both tiles of warpgroups serve, the one that has fewer columns beyond the edge. */
  private Method method(DType dtype, int columns) {
    if (dtype == DType.F32) {
      return Method.TF32;
    }
    if (!warpgroups) {
      return Method.BF16;
    }
    boolean narrow = Math.ceilDiv(columns, 192) * 192 < Math.ceilDiv(columns, 256) * 256;
    return narrow ? Method.HOPPER_192 : Method.HOPPER_256;
  }

  /** A product of operands that fit, cut into blocks. */
  private record Product(Matrix left, Matrix right, Operand out, Method method) {
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

    int sliceSteps() {
      return SLICE_LENGTH / method.depth();
    }

    int slices() {
      int steps = Math.multiplyExact(summed(), Math.ceilDiv(inner(), method.depth()));
      return Math.ceilDiv(steps, sliceSteps());
    }

    int blocks() {
      long tiles = (long) Math.ceilDiv(rows(), TILE) * Math.ceilDiv(columns(), method.columns());
      return Math.toIntExact(tiles * slices() * entries());
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
    Method method = product.method();
    cores.launch(
        method.family(),
        method.kernel(product.left(), product.right(), out.dtype()),
        method.sharedBytes(),
        product.blocks(),
        method.threads(),
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
