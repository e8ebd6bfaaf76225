package org.wardlock.tensor.spi;

import java.util.Optional;
import org.wardlock.tensor.Shape;

/** The stage between two pointwise convolutions by the operations it consists of. */
final class ComposedMixer {
  private ComposedMixer() {}

  static void forward(
      Backend backend,
      MixerOperands stage,
      float epsilon,
      Operand x,
      Operand convolved,
      Operand out,
      MixerOperands.Statistics statistics) {
    try (var f = new Composition(backend)) {
      Operand z = f.like(x);
      norm(
          f,
          stage,
          f.add(x, perChannel(f, stage.bias(), x)),
          stage.innerScale(),
          stage.innerShift(),
          epsilon,
          z,
          statistics.innerMean(),
          statistics.innerVariance());
      backend.depthwise(z, stage.filter(), Optional.of(stage.filterBias()), convolved);
      norm(
          f,
          stage,
          convolved,
          stage.outerScale(),
          stage.outerShift(),
          epsilon,
          out,
          statistics.outerMean(),
          statistics.outerVariance());
      backend.binary(BinaryOp.ADD, out, z, out);
    }
  }

  private static void norm(
      Composition f,
      MixerOperands stage,
      Operand x,
      Operand scale,
      Operand shift,
      float epsilon,
      Operand out,
      Operand mean,
      Operand variance) {
    Operand activated = UnaryOp.of(stage.activation()).map(op -> f.unary(op, x)).orElse(x);
    f.backend().batchNorm(activated, scale, shift, epsilon, out, mean, variance);
  }

  static void backward(
      Backend backend,
      MixerOperands stage,
      float epsilon,
      Operand x,
      Operand convolved,
      MixerOperands.Statistics statistics,
      Operand g,
      MixerOperands.Gradients wanted) {
    try (var f = new Composition(backend)) {
      Operand towardsConvolved = f.like(x);
      normBackward(
          f,
          stage,
          convolved,
          stage.outerScale(),
          statistics.outerMean(),
          statistics.outerVariance(),
          epsilon,
          g,
          towardsConvolved,
          wanted.outerScale(),
          wanted.outerShift());
      wanted.filterBias().ifPresent(out -> f.into(out, f.sum(towardsConvolved, 0, 2, 3)));
      Operand biased = f.add(x, perChannel(f, stage.bias(), x));
      Operand activated =
          UnaryOp.of(stage.activation()).map(op -> f.unary(op, biased)).orElse(biased);
      wanted
          .filter()
          .ifPresent(
              out -> {
                Operand z = normalized(f, activated, stage, epsilon, statistics);
                backend.depthwiseBackwardWeight(z, towardsConvolved, out);
              });
      Operand towardsZ = f.like(x);
      backend.depthwiseBackwardInput(towardsConvolved, stage.filter(), towardsZ);
      f.accumulate(towardsZ, g);
      Operand towardsX = f.like(x);
      normBackward(
          f,
          stage,
          biased,
          stage.innerScale(),
          statistics.innerMean(),
          statistics.innerVariance(),
          epsilon,
          towardsZ,
          towardsX,
          wanted.innerScale(),
          wanted.innerShift());
      wanted.bias().ifPresent(out -> f.into(out, f.sum(towardsX, 0, 2, 3)));
      wanted.x().ifPresent(out -> f.into(out, towardsX));
    }
  }

  private static Operand normalized(
      Composition f,
      Operand activated,
      MixerOperands stage,
      float epsilon,
      MixerOperands.Statistics statistics) {
    Operand centred = f.subtract(activated, perChannel(f, statistics.innerMean(), activated));
    Operand scale =
        f.multiply(stage.innerScale(), f.reciprocalRoot(statistics.innerVariance(), epsilon));
    return f.add(
        f.multiply(centred, perChannel(f, scale, activated)),
        perChannel(f, stage.innerShift(), activated));
  }

  private static void normBackward(
      Composition f,
      MixerOperands stage,
      Operand x,
      Operand scale,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Operand gradX,
      Optional<Operand> gradScale,
      Optional<Operand> gradShift) {
    Backend backend = f.backend();
    Optional<UnaryOp> function = UnaryOp.of(stage.activation());
    Optional<Operand> out = Optional.of(gradX);
    if (function.isPresent()) {
      backend.activatedBatchNormBackward(
          function.get(), x, scale, mean, variance, epsilon, g, out, gradScale, gradShift);
    } else {
      backend.batchNormBackward(x, scale, mean, variance, epsilon, g, out, gradScale, gradShift);
    }
  }

  static void affine(
      Backend backend, MixerOperands stage, Operand x, Optional<Operand> convolved, Operand out) {
    try (var f = new Composition(backend)) {
      Operand z = f.like(x);
      backend.channelAffine(
          stage.activation(),
          f.add(x, perChannel(f, stage.bias(), x)),
          stage.innerScale(),
          stage.innerShift(),
          Optional.empty(),
          z);
      Operand between = convolved.orElseGet(() -> f.like(x));
      backend.depthwise(z, stage.filter(), Optional.of(stage.filterBias()), between);
      backend.channelAffine(
          stage.activation(), between, stage.outerScale(), stage.outerShift(), Optional.of(z), out);
    }
  }

  static void affineBackward(
      Backend backend, MixerOperands stage, Operand x, Operand convolved, Operand g, Operand out) {
    try (var f = new Composition(backend)) {
      Operand towardsConvolved = f.like(x);
      backend.channelAffineBackward(
          stage.activation(), convolved, stage.outerScale(), g, towardsConvolved);
      Operand towardsZ = f.like(x);
      backend.depthwiseBackwardInput(towardsConvolved, stage.filter(), towardsZ);
      f.accumulate(towardsZ, g);
      backend.channelAffineBackward(
          stage.activation(),
          f.add(x, perChannel(f, stage.bias(), x)),
          stage.innerScale(),
          towardsZ,
          out);
    }
  }

  private static Operand perChannel(Composition f, Operand values, Operand x) {
    return f.reshape(values, Shape.of(1, x.shape().extent(1), 1, 1));
  }
}
