package org.wardlock.kernels.source;

import java.util.Optional;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;

/**
 * Layer normalisation. Gradients towards the parameters are sums over rows in two stages: of chunks
 * of rows, in lanes by row, and then of the chunks as {@link Backend#reduce} adds them. Their order
 * depends on the number of rows alone, and no two work-items write to one place.
 */
final class GpuLayerNorm {
  /** The rows of a chunk. */
  static final int ROW_CHUNK = 256;

  private static final String FAMILY = "layernorm";

  private final Backend backend;
  private final KernelLibrary kernels;

  GpuLayerNorm(Backend backend, KernelLibrary kernels) {
    this.backend = backend;
    this.kernels = kernels;
  }

  void forward(
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Operand out,
      Operand mean,
      Operand rstd) {
    Walk rows = Walk.of(Axes.rows(x));
    var arguments =
        new KernelArguments()
            .number(epsilon)
            .words(rows.extents())
            .number(x.shape().extent(-1))
            .row(x, rows.view(0))
            .vector(weight)
            .vector(bias)
            .dense(out)
            .dense(mean)
            .dense(rstd);
    kernels.lanes(KernelSource.family(FAMILY, x), "layerNorm", rows.count(), arguments);
  }

  void backward(
      Operand x,
      Operand weight,
      Operand mean,
      Operand rstd,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    Walk rows = Walk.of(Axes.rows(x), Axes.rows(g), mean.layout(), rstd.layout());
    gradX.ifPresent(
        out -> {
          var arguments = saved(rows, x, g, mean, rstd).vector(weight).dense(out);
          kernels.lanes(
              KernelSource.family(FAMILY, x), "layerNormBackward", rows.count(), arguments);
        });
    if (gradWeight.isPresent() || gradBias.isPresent()) {
      parameters(
          KernelSource.family(FAMILY, x),
          rows,
          saved(rows, x, g, mean, rstd),
          weight.shape(),
          gradWeight,
          gradBias);
    }
  }

  /** What the gradients are computed from: the first arguments of their kernels. */
  private static KernelArguments saved(
      Walk rows, Operand x, Operand g, Operand mean, Operand rstd) {
    return new KernelArguments()
        .words(rows.extents())
        .number(x.shape().extent(-1))
        .row(x, rows.view(0))
        .row(g, rows.view(1))
        .view(mean, rows.view(2))
        .view(rstd, rows.view(3));
  }

  private void parameters(
      String family,
      Walk rows,
      KernelArguments arguments,
      Shape shape,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    int columns = Math.toIntExact(shape.count());
    int chunks = Math.ceilDiv(rows.count(), ROW_CHUNK);
    int blocks = Math.ceilDiv(columns, KernelLibrary.GROUP / KernelLibrary.LANES);
    try (var scratch = new Scratch(backend)) {
      Operand partial = scratch.floats(2, chunks, columns);
      kernels.groups(family, "layerNormParameters", chunks * blocks, arguments.dense(partial));
      gradWeight.ifPresent(
          out -> backend.reduce(ReduceOp.SUM, part(partial, 0), new int[] {0}, out));
      gradBias.ifPresent(out -> backend.reduce(ReduceOp.SUM, part(partial, 1), new int[] {0}, out));
    }
  }

  /** The sums of all chunks, (chunks, columns), for one of the parameters. */
  private static Operand part(Operand partial, int number) {
    Layout layout = partial.layout();
    return partial.with(Axes.along(layout, layout.stride(0) * number, 1, 2));
  }
}
