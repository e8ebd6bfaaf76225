package org.wardlock.bench.gpu;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.Storage;

/**
 * A product of random matrices as a linear layer makes it: rows of activations times the transpose
 * of a weight.
 *
 * @param name for the answer
 * @param rows of the activations
 * @param inner extent that is summed
 * @param columns rows of the weight
 */
record Product(String name, int rows, int inner, int columns) {
  /** Reads {@code name:rows:inner:columns}. */
  static Product parse(String text) {
    String[] parts = text.split(":");
    return new Product(
        parts[0],
        Integer.parseInt(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]));
  }

  /** The rate that a backend reaches, in 10^12 operations a second. */
  double teraflops(Backend backend, DType dtype, double seconds) {
    try (var work = new Work(backend, dtype)) {
      Operand a = work.random(1, rows, inner);
      Operand weight = work.random(2, columns, inner);
      Operand b = weight.with(weight.layout().permute(0, 2, 1));
      Operand out = work.operand(dtype, 1, rows, columns);
      double time =
          Stopwatch.time(
              () -> backend.gemm(a, b, out, Epilogue.NONE), backend::synchronize, seconds);
      return 2.0 * rows * inner * columns / time / 1e12;
    }
  }

  /** Memory for a product, given back when closed. */
  private static final class Work implements AutoCloseable {
    private final Backend backend;
    private final DType dtype;
    private final List<Storage> storages = new ArrayList<>();

    Work(Backend backend, DType dtype) {
      this.backend = backend;
      this.dtype = dtype;
    }

    Operand operand(DType type, int... extents) {
      Shape shape = Shape.of(extents);
      storages.add(backend.allocate(type, shape.count()));
      return new Operand(storages.getLast(), Layout.contiguous(shape));
    }

    /** Normal numbers in a batch of one matrix. Zeros would be multiplied faster. */
    Operand random(int purpose, int rows, int columns) {
      Operand streams = operand(DType.I64, rows);
      long[] numbers = LongStream.range(0, rows).toArray();
      backend.upload(MemorySegment.ofArray(numbers), streams.storage(), 0);
      Operand floats = operand(DType.F32, rows, columns);
      backend.random(Distribution.NORMAL, 0, purpose, streams, floats);
      Operand values = operand(dtype, rows, columns);
      backend.cast(floats, values);
      return values.with(Layout.contiguous(Shape.of(1, rows, columns)));
    }

    @Override
    public void close() {
      storages.forEach(Storage::release);
      backend.trim();
    }
  }
}
