package org.wardlock.kernels.source;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;

/** Sums and extremes over some axes, and the largest of a row. */
final class GpuReductions {
  private static final String FAMILY = "reduction";

  private final KernelLibrary kernels;

  GpuReductions(KernelLibrary kernels) {
    this.kernels = kernels;
  }

  void reduce(ReduceOp op, Operand x, int[] axes, Operand out) {
    int[] others =
        IntStream.range(0, x.shape().rank())
            .filter(axis -> Arrays.binarySearch(axes, axis) < 0)
            .toArray();
    Walk kept = Walk.of(Axes.along(x.layout(), x.layout().offset(), others));
    Walk reduced = Walk.of(Axes.along(x.layout(), 0, axes));
    var arguments =
        new KernelArguments()
            .number(op.ordinal())
            .words(kept.extents())
            .words(reduced.extents())
            .view(x, kept.view(0))
            .words(reduced.view(0))
            .dense(out);
    kernels.lanes(KernelSource.family(FAMILY, x), "reduce", kept.count(), arguments);
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
