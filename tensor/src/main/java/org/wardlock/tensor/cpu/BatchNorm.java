package org.wardlock.tensor.cpu;

import java.util.Optional;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * Batch normalisation of (N, C, ...) with the batch's statistics, a group of channels at a time.
 */
final class BatchNorm {
  private final ChannelNorm norm;
  private final CpuContext context;

  BatchNorm(CpuKernels kernels, CpuContext context) {
    norm = new ChannelNorm(kernels, context);
    this.context = context;
  }

  /** {@link org.wardlock.tensor.spi.Backend#activatedBatchNorm}, or without an activation. */
  void forward(
      Optional<UnaryOp> function,
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Optional<Operand> addend,
      Operand out,
      Operand mean,
      Operand variance) {
    try (Dense values = Dense.of(x, context);
        Dense weights = Dense.of(weight, context);
        Dense biases = Dense.of(bias, context);
        Dense summands = Dense.of(addend.orElse(x), context)) {
      FloatSlice from = values.slice();
      FloatSlice shortcut = summands.slice();
      FloatSlice to = Dense.slice(out);
      var parameters = new ChannelNorm.Parameters(weights.slice(), biases.slice(), epsilon);
      var statistics = new ChannelNorm.Statistics(Dense.slice(mean), Dense.slice(variance));
      ChannelGroup.forEach(
          x,
          context,
          group -> {
            ChannelGroup.Planes results = group.planes(to);
            norm.forward(function, group, group.planes(from), parameters, results, statistics);
            addend.ifPresent(_ -> norm.add(group, group.planes(shortcut), results));
          });
    }
  }

  /** {@link org.wardlock.tensor.spi.Backend#activatedBatchNormBackward}, likewise. */
  void backward(
      Optional<UnaryOp> function,
      Operand x,
      Operand weight,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    try (Dense values = Dense.of(x, context);
        Dense weights = Dense.of(weight, context);
        Dense means = Dense.of(mean, context);
        Dense variances = Dense.of(variance, context);
        Dense gradient = Dense.of(g, context)) {
      FloatSlice from = values.slice();
      FloatSlice incoming = gradient.slice();
      var saved = new ChannelNorm.Saved(weights.slice(), means.slice(), variances.slice(), epsilon);
      var wanted =
          new ChannelNorm.ParameterGradients(
              gradWeight.map(Dense::slice), gradBias.map(Dense::slice));
      Optional<FloatSlice> to = gradX.map(Dense::slice);
      ChannelGroup.forEach(
          x,
          context,
          group ->
              norm.backward(
                  function,
                  group,
                  group.planes(from),
                  saved,
                  group.planes(incoming),
                  to.map(group::planes),
                  wanted));
    }
  }
}
