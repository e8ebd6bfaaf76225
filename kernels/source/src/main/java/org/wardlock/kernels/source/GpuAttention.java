package org.wardlock.kernels.source;

import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Operand;

/**
 * Self-attention and its gradient, without the scores in memory: the gradient computes them again,
 * once for the queries and once for the keys, so that no two work-items write to one place.
 */
final class GpuAttention {
  private static final String FAMILY = "attention";

  private final Backend backend;
  private final KernelLibrary kernels;

  GpuAttention(Backend backend, KernelLibrary kernels) {
    this.backend = backend;
    this.kernels = kernels;
  }

  void forward(Operand qkv, float scale, Operand out, Operand logSumExp) {
    var arguments = start(qkv, scale).dense(out).dense(logSumExp);
    kernels.groups(KernelSource.family(FAMILY, qkv), "attention", groups(out.shape()), arguments);
  }

  void backward(
      Operand qkv, float scale, Operand out, Operand logSumExp, Operand g, Operand gradQkv) {
    Walk rows = Walk.of(Axes.rows(out), Axes.rows(g));
    try (var scratch = new Scratch(backend)) {
      Operand projection = scratch.floats(out.shape().without(3).toArray());
      var first =
          new KernelArguments()
              .words(rows.extents())
              .number(out.shape().extent(3))
              .row(out, rows.view(0))
              .row(g, rows.view(1))
              .dense(projection);
      kernels.lanes(KernelSource.family(FAMILY, qkv), "attentionProjection", rows.count(), first);
      for (String kernel : new String[] {"attentionTowardsQueries", "attentionTowardsKeys"}) {
        var arguments =
            start(qkv, scale)
                .view(g, Walk.unmerged(g.layout()).view(0))
                .view(logSumExp, Walk.unmerged(logSumExp.layout()).view(0))
                .dense(projection)
                .dense(gradQkv);
        kernels.groups(KernelSource.family(FAMILY, qkv), kernel, groups(out.shape()), arguments);
      }
    }
  }

  private static KernelArguments start(Operand qkv, float scale) {
    Shape shape = qkv.shape();
    return new KernelArguments()
        .number(scale)
        .number(shape.extent(1))
        .number(shape.extent(3))
        .number(shape.extent(4))
        .view(qkv, Walk.unmerged(qkv.layout()).view(0));
  }

  /** One for each tile of tokens and each tile of columns of a head, of (B, N, heads, d). */
  private static int groups(Shape shape) {
    int heads = shape.extent(0) * shape.extent(2);
    int down = Math.ceilDiv(shape.extent(1), GpuProducts.TILE);
    int across = Math.ceilDiv(shape.extent(3), GpuProducts.TILE);
    return heads * down * across;
  }
}
