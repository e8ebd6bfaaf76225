package org.wardlock.kernels.source;

import java.util.Optional;
import org.wardlock.tensor.spi.MixerOperands;
import org.wardlock.tensor.spi.Operand;
import org.wardlock.tensor.spi.ReduceOp;

/**
 * The stage between two pointwise convolutions of a ConvMixer: bias, activation and normalisation
 * in one pass behind the statistics, the shortcut in the last of them.
 */
final class GpuMixer {
  private static final int[] ALL_BUT_CHANNELS = {0, 2, 3};

  private final GpuBackend backend;
  private final GpuBatchNorm norm;

  GpuMixer(GpuBackend backend, GpuBatchNorm norm) {
    this.backend = backend;
    this.norm = norm;
  }

  private static GpuBatchNorm.Before inner(MixerOperands stage) {
    return new GpuBatchNorm.Before(Optional.of(stage.bias()), stage.activation());
  }

  private static GpuBatchNorm.Before outer(MixerOperands stage) {
    return new GpuBatchNorm.Before(stage.activation());
  }

  void forward(
      MixerOperands stage,
      float epsilon,
      Operand x,
      Operand convolved,
      Operand out,
      MixerOperands.Statistics statistics) {
    try (var scratch = new Scratch(backend)) {
      Operand z = scratch.like(x);
      norm.forward(
          inner(stage),
          x,
          stage.innerScale(),
          stage.innerShift(),
          epsilon,
          Optional.empty(),
          z,
          statistics.innerMean(),
          statistics.innerVariance());
      backend.depthwise(z, stage.filter(), Optional.of(stage.filterBias()), convolved);
      norm.forward(
          outer(stage),
          convolved,
          stage.outerScale(),
          stage.outerShift(),
          epsilon,
          Optional.of(z),
          out,
          statistics.outerMean(),
          statistics.outerVariance());
    }
  }

  void backward(
      MixerOperands stage,
      float epsilon,
      Operand x,
      Operand convolved,
      MixerOperands.Statistics statistics,
      Operand g,
      MixerOperands.Gradients wanted) {
    try (var scratch = new Scratch(backend)) {
      Operand towardsConvolved = scratch.like(x);
      norm.backward(
          outer(stage),
          convolved,
          stage.outerScale(),
          statistics.outerMean(),
          statistics.outerVariance(),
          epsilon,
          g,
          Optional.of(towardsConvolved),
          wanted.outerScale(),
          wanted.outerShift());
      wanted.filterBias().ifPresent(out -> sumPerChannel(towardsConvolved, out));
      wanted
          .filter()
          .ifPresent(
              out -> {
                Operand z = scratch.like(x);
                norm.normalise(
                    inner(stage),
                    x,
                    stage.innerScale(),
                    stage.innerShift(),
                    epsilon,
                    statistics.innerMean(),
                    statistics.innerVariance(),
                    Optional.empty(),
                    z);
                backend.depthwiseBackwardWeight(z, towardsConvolved, out);
              });
      Operand towardsZ = scratch.like(x);
      backend.depthwiseBackwardInput(towardsConvolved, stage.filter(), g, towardsZ);
      Operand towardsX = wanted.x().orElse(towardsConvolved);
      norm.backward(
          inner(stage),
          x,
          stage.innerScale(),
          statistics.innerMean(),
          statistics.innerVariance(),
          epsilon,
          towardsZ,
          Optional.of(towardsX),
          wanted.innerScale(),
          wanted.innerShift());
      wanted.bias().ifPresent(out -> sumPerChannel(towardsX, out));
    }
  }

  private void sumPerChannel(Operand x, Operand out) {
    backend.reduce(ReduceOp.SUM, x, ALL_BUT_CHANNELS, out);
  }

  void affine(MixerOperands stage, Operand x, Optional<Operand> convolved, Operand out) {
    try (var scratch = new Scratch(backend)) {
      Operand z = scratch.like(x);
      norm.affine(inner(stage), x, stage.innerScale(), stage.innerShift(), Optional.empty(), z);
      Operand between = convolved.orElseGet(() -> scratch.like(x));
      backend.depthwise(z, stage.filter(), Optional.of(stage.filterBias()), between);
      norm.affine(
          outer(stage), between, stage.outerScale(), stage.outerShift(), Optional.of(z), out);
    }
  }

  void affineBackward(MixerOperands stage, Operand x, Operand convolved, Operand g, Operand out) {
    try (var scratch = new Scratch(backend)) {
      Operand towardsConvolved = scratch.like(x);
      norm.affineBackward(outer(stage), convolved, stage.outerScale(), g, towardsConvolved);
      Operand towardsZ = scratch.like(x);
      backend.depthwiseBackwardInput(towardsConvolved, stage.filter(), g, towardsZ);
      norm.affineBackward(inner(stage), x, stage.innerScale(), towardsZ, out);
    }
  }
}
