package org.wardlock.kernels.source;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;

/**
 * Sums and extremes over some axes, and the largest of a row. More than {@link #CHUNK} elements are
 * reduced in chunks, and then those: few sums of many would keep few work-items busy.
 */
final class GpuReductions {
  /** The elements of a chunk. */
  static final int CHUNK = 2048;

  private static final String FAMILY = "reduction";

  private final Backend backend;
  private final KernelLibrary kernels;

  GpuReductions(Backend backend, KernelLibrary kernels) {
    this.backend = backend;
    this.kernels = kernels;
  }

  void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    int[] others =
        IntStream.range(0, x.shape().rank())
            .filter(axis -> Arrays.binarySearch(axes, axis) < 0)
            .toArray();
    Walk kept = Walk.of(Axes.along(x.layout(), x.layout().offset(), others));
    Walk reduced = Walk.of(Axes.along(x.layout(), 0, axes));
    inChunks(op, reduced.count(), x, kept, reduced, out);
  }

  private void inChunks(ReduceOp op, int divisor, Operand x, Walk kept, Walk reduced, Operand out) {
    if (reduced.count() <= CHUNK) {
      launch(op, 1, divisor, x, kept, reduced, out);
      return;
    }
    int chunks = Math.ceilDiv(reduced.count(), CHUNK);
    try (var scratch = new Scratch(backend)) {
      Operand partial = scratch.floats(chunks, kept.count());
      ReduceOp first = op == ReduceOp.MEAN ? ReduceOp.SUM : op;
      launch(first, chunks, divisor, x, kept, reduced, partial);
      Walk columns = Walk.of(Axes.along(partial.layout(), 0, 1));
      Walk rows = Walk.of(Axes.along(partial.layout(), 0, 0));
      inChunks(op, divisor, partial, columns, rows, out);
    }
  }

  private void launch(
      ReduceOp op, int chunks, int divisor, Operand x, Walk kept, Walk reduced, Operand out) {
    var arguments =
        new KernelArguments()
            .number(op.ordinal())
            .number(chunks)
            .number(divisor)
            .words(kept.extents())
            .words(reduced.extents())
            .view(x, kept.view(0))
            .words(reduced.view(0))
            .dense(out);
    kernels.lanes(KernelSource.family(FAMILY, x), "reduce", kept.count() * chunks, arguments);
  }

  void topK(Operand x, int k, Operand values, Operand indices) {
    Walk rows = Walk.of(Axes.rows(x));
    var arguments =
        new KernelArguments()
            .number(k)
            .words(rows.extents())
            .number(x.shape().extent(-1))
            .row(x, rows.view(0))
            .dense(values)
            .dense(indices);
    kernels.groups(FAMILY, "topK", rows.count(), arguments);
  }
}
