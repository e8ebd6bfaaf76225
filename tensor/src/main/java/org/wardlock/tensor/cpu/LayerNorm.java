package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Operand;

/** Layer normalisation along the last axis, row by row; parameters' gradients column by column. */
final class LayerNorm {
  private static final int LANES = LaneKernel.LANES;

  /** Columns whose lanes stay in the first-level cache together. */
  private static final int COLUMNS = 64;

  private final BinaryKernel arithmetic;
  private final LaneKernel kernel;
  private final NormKernel norm;
  private final CpuContext context;

  LayerNorm(CpuKernels kernels, CpuContext context) {
    arithmetic = kernels.binary();
    kernel = kernels.lanes();
    norm = kernels.norm();
    this.context = context;
  }

  /** {@link org.wardlock.tensor.spi.Backend#layerNorm}. */
  void forward(
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Operand out,
      Operand mean,
      Operand rstd) {
    int length = x.shape().extent(-1);
    FloatSlice to = Dense.slice(out);
    FloatSlice means = Dense.slice(mean);
    FloatSlice rstds = Dense.slice(rstd);
    try (Dense rows = Dense.of(x, context);
        Dense weights = Dense.of(weight, context);
        Dense biases = Dense.of(bias, context)) {
      Chunks.run(
          context,
          Softmax.rows(x),
          length,
          (start, end) -> {
            float[] lanes = context.take(LANES);
            float[] values = rows.floats();
            for (int row = start; row < end; row++) {
              int at = rows.offset() + row * length;
              float center = Lanes.sum(kernel, values, at, length, lanes) / length;
              float variance = Lanes.squares(kernel, values, at, center, length, lanes) / length;
              float scale = inverseRoot(variance, epsilon);
              means.data()[means.offset() + row] = center;
              rstds.data()[rstds.offset() + row] = scale;
              norm.normalize(
                  values,
                  at,
                  weights.floats(),
                  weights.offset(),
                  biases.floats(),
                  biases.offset(),
                  center,
                  scale,
                  to.data(),
                  to.offset() + row * length,
                  length);
            }
            context.release(lanes);
          });
    }
  }

  /** {@code 1 / sqrt(variance + epsilon)}. */
  static float inverseRoot(float variance, float epsilon) {
    return (float) (1 / Math.sqrt((double) variance + epsilon));
  }

  /** {@link org.wardlock.tensor.spi.Backend#layerNormBackward}. */
  void backward(
      Operand x,
      Operand weight,
      Operand mean,
      Operand rstd,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    int length = x.shape().extent(-1);
    int rows = Softmax.rows(x);
    try (Dense values = Dense.of(x, context);
        Dense weights = Dense.of(weight, context);
        Dense means = Dense.of(mean, context);
        Dense rstds = Dense.of(rstd, context);
        Dense gradient = Dense.of(g, context)) {
      var saved = new Saved(values.slice(), means.slice(), rstds.slice(), gradient.slice(), length);
      FloatSlice scale = weights.slice();
      gradX
          .map(Dense::slice)
          .ifPresent(
              out ->
                  Chunks.run(
                      context,
                      rows,
                      length,
                      (start, end) -> inputGradient(saved, scale, out, start, end)));
      gradWeight.ifPresent(out -> columns(saved, rows, true, Dense.slice(out)));
      gradBias.ifPresent(out -> columns(saved, rows, false, Dense.slice(out)));
    }
  }

  /** What the forward pass left, and the gradient, all contiguous. */
  private record Saved(FloatSlice x, FloatSlice mean, FloatSlice rstd, FloatSlice g, int length) {}

  private void inputGradient(Saved saved, FloatSlice weight, FloatSlice out, int start, int end) {
    int length = saved.length();
    float[] lanes = context.take(LANES);
    float[] weighted = context.take(length);
    for (int row = start; row < end; row++) {
      int at = saved.x().offset() + row * length;
      float center = saved.mean().data()[saved.mean().offset() + row];
      float scale = saved.rstd().data()[saved.rstd().offset() + row];
      arithmetic.binary(
          BinaryOp.MULTIPLY,
          saved.g().data(),
          saved.g().offset() + row * length,
          1,
          weight.data(),
          weight.offset(),
          1,
          weighted,
          0,
          length);
      float sum = Lanes.sum(kernel, weighted, 0, length, lanes);
      float projection =
          scale * Lanes.centered(kernel, saved.x().data(), at, center, weighted, 0, length, lanes);
      norm.project(
          saved.x().data(),
          at,
          weighted,
          0,
          center,
          -scale * (projection / length),
          sum / length,
          scale,
          out.data(),
          out.offset() + row * length,
          length);
    }
    context.release(weighted);
    context.release(lanes);
  }

  /** Sums over rows, in lanes by row: of g times the normalised x, or of g alone. */
  private void columns(Saved saved, int rows, boolean normalized, FloatSlice out) {
    int length = saved.length();
    int blocks = (length + COLUMNS - 1) / COLUMNS;
    Chunks.run(
        context,
        blocks,
        Math.min(COLUMNS, length) * Math.max(1, rows),
        (start, end) -> {
          float[] lanes = context.take(LANES * COLUMNS);
          for (int block = start; block < end; block++) {
            int first = block * COLUMNS;
            int columns = Math.min(COLUMNS, length - first);
            Arrays.fill(lanes, 0, LANES * columns, 0f);
            for (int row = 0; row < rows; row++) {
              int gAt = saved.g().offset() + row * length + first;
              int laneAt = row % LANES * columns;
              if (normalized) {
                float center = saved.mean().data()[saved.mean().offset() + row];
                float scale = saved.rstd().data()[saved.rstd().offset() + row];
                int at = saved.x().offset() + row * length + first;
                norm.accumulate(
                    saved.x().data(),
                    at,
                    saved.g().data(),
                    gAt,
                    center,
                    scale,
                    lanes,
                    laneAt,
                    columns);
              } else {
                add(saved.g().data(), gAt, lanes, laneAt, columns);
              }
            }
            for (int half = LANES / 2; half > 0; half /= 2) {
              add(lanes, half * columns, lanes, 0, half * columns);
            }
            System.arraycopy(lanes, 0, out.data(), out.offset() + first, columns);
          }
          context.release(lanes);
        });
  }

  private void add(float[] values, int at, float[] lanes, int laneAt, int length) {
    arithmetic.binary(BinaryOp.ADD, lanes, laneAt, 1, values, at, 1, lanes, laneAt, length);
  }
}
