package org.wardlock.kernels.source;

import org.wardlock.tensor.spi.Operand;

/** Softmax, its gradient, and the loss that is computed from it. */
final class GpuSoftmax {
  private static final String FAMILY = "softmax";

  private final KernelLibrary kernels;

  GpuSoftmax(KernelLibrary kernels) {
    this.kernels = kernels;
  }

  void forward(Operand x, boolean logarithm, Operand out) {
    Walk rows = Walk.of(Axes.rows(x));
    int columns = x.shape().extent(-1);
    var arguments =
        new KernelArguments()
            .flag(logarithm)
            .words(rows.extents())
            .number(columns)
            .row(x, rows.view(0))
            .dense(out);
    kernels.lanes(
        KernelSource.family(FAMILY, x), "softmax", columns == 0 ? 0 : rows.count(), arguments);
  }

  void backward(Operand y, Operand g, boolean logarithm, Operand out) {
    Walk rows = Walk.of(Axes.rows(y), Axes.rows(g));
    int columns = y.shape().extent(-1);
    var arguments =
        new KernelArguments()
            .flag(logarithm)
            .words(rows.extents())
            .number(columns)
            .row(y, rows.view(0))
            .row(g, rows.view(1))
            .dense(out);
    kernels.lanes(
        KernelSource.family(FAMILY, y),
        "softmaxBackward",
        columns == 0 ? 0 : rows.count(),
        arguments);
  }

  void crossEntropy(Operand logits, Operand target, Operand loss, Operand gradLogits) {
    Walk rows = Walk.of(Axes.rows(logits), Axes.rows(target));
    var arguments =
        new KernelArguments()
            .words(rows.extents())
            .number(logits.shape().extent(1))
            .row(logits, rows.view(0))
            .row(target, rows.view(1))
            .dense(loss)
            .dense(gradLogits);
    kernels.lanes(FAMILY, "crossEntropy", rows.count(), arguments);
  }
}
