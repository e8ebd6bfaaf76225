package org.wardlock.tensor.spi;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Shape;

/** Layer and batch normalisation as formulas over the primitives. */
final class ComposedNorm {
  private ComposedNorm() {}

  static void layerNorm(
      Backend backend,
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Operand out,
      Operand mean,
      Operand rstd) {
    int last = x.shape().rank() - 1;
    try (var f = new Composition(backend)) {
      Operand average = f.mean(x, last);
      Operand centred = f.subtract(x, average);
      Operand scale = f.reciprocalRoot(f.mean(f.square(centred), last), epsilon);
      f.into(out, f.add(f.multiply(f.multiply(centred, scale), weight), bias));
      f.into(mean, average);
      f.into(rstd, scale);
    }
  }

  static void layerNormBackward(
      Backend backend,
      Operand x,
      Operand weight,
      Operand mean,
      Operand rstd,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    int last = x.shape().rank() - 1;
    int[] rows = IntStream.range(0, last).toArray();
    try (var f = new Composition(backend)) {
      Shape perRow = x.shape().with(last, 1);
      Operand scale = f.reshape(rstd, perRow);
      Operand normalised = f.multiply(f.subtract(x, f.reshape(mean, perRow)), scale);
      gradX.ifPresent(
          out -> {
            Operand h = f.multiply(g, weight);
            Operand along = f.multiply(normalised, f.mean(f.multiply(h, normalised), last));
            f.into(out, f.multiply(f.subtract(f.subtract(h, f.mean(h, last)), along), scale));
          });
      gradWeight.ifPresent(out -> f.into(out, f.sum(f.multiply(g, normalised), rows)));
      gradBias.ifPresent(out -> f.into(out, f.sum(g, rows)));
    }
  }

  /**
   * The variance is the mean square of what is left after subtracting the mean and then the mean of
   * that residue: squares are never taken of values far from 0, so an offset of the data costs no
   * digits.
   */
  static void batchNorm(
      Backend backend,
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Operand out,
      Operand mean,
      Operand variance) {
    int[] axes = allButChannels(x.shape());
    try (var f = new Composition(backend)) {
      Operand average = f.mean(x, axes);
      Operand shifted = f.subtract(x, average);
      Operand residue = f.mean(shifted, axes);
      Operand centred = f.subtract(shifted, residue);
      Operand spread = f.mean(f.square(centred), axes);
      Operand scale = f.multiply(f.reciprocalRoot(spread, epsilon), perChannel(f, weight, x));
      f.into(out, f.add(f.multiply(centred, scale), perChannel(f, bias, x)));
      f.into(mean, f.add(average, residue));
      f.into(variance, spread);
    }
  }

  static void batchNormBackward(
      Backend backend,
      Operand x,
      Operand weight,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    int[] axes = allButChannels(x.shape());
    try (var f = new Composition(backend)) {
      Operand rstd = f.reciprocalRoot(perChannel(f, variance, x), epsilon);
      Operand normalised = f.multiply(f.subtract(x, perChannel(f, mean, x)), rstd);
      Operand product = f.multiply(g, normalised);
      gradX.ifPresent(
          out -> {
            Operand along = f.multiply(normalised, f.mean(product, axes));
            Operand h = f.subtract(f.subtract(g, f.mean(g, axes)), along);
            f.into(out, f.multiply(h, f.multiply(rstd, perChannel(f, weight, x))));
          });
      gradWeight.ifPresent(out -> f.into(out, f.sum(product, axes)));
      gradBias.ifPresent(out -> f.into(out, f.sum(g, axes)));
    }
  }

  static void activatedBatchNorm(
      Backend backend,
      UnaryOp function,
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Optional<Operand> addend,
      Operand out,
      Operand mean,
      Operand variance) {
    try (var f = new Composition(backend)) {
      backend.batchNorm(f.unary(function, x), weight, bias, epsilon, out, mean, variance);
    }
    addend.ifPresent(operand -> backend.binary(BinaryOp.ADD, out, operand, out));
  }

  static void activatedBatchNormBackward(
      Backend backend,
      UnaryOp function,
      Operand x,
      Operand weight,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    try (var f = new Composition(backend)) {
      Operand activated = f.unary(function, x);
      backend.batchNormBackward(
          activated, weight, mean, variance, epsilon, g, gradX, gradWeight, gradBias);
      Operand saved = function.gradientReads() == UnaryOp.Reads.OUTPUT ? activated : x;
      gradX.ifPresent(out -> backend.unaryGradient(function, saved, out, out));
    }
  }

  static void channelAffine(
      Backend backend,
      Activation activation,
      Operand x,
      Operand scale,
      Operand shift,
      Optional<Operand> addend,
      Operand out) {
    try (var f = new Composition(backend)) {
      Operand activated = UnaryOp.of(activation).map(op -> f.unary(op, x)).orElse(x);
      Operand factor = Composition.expand(perChannel(f, scale, x), x.shape());
      Operand summand = Composition.expand(perChannel(f, shift, x), x.shape());
      backend.multiplyAdd(activated, factor, summand, out);
      addend.ifPresent(operand -> backend.binary(BinaryOp.ADD, out, operand, out));
    }
  }

  static void channelAffineBackward(
      Backend backend, Activation activation, Operand x, Operand scale, Operand g, Operand out) {
    try (var f = new Composition(backend)) {
      Operand factor = Composition.expand(perChannel(f, scale, x), x.shape());
      backend.binary(BinaryOp.MULTIPLY, g, factor, out);
      UnaryOp.of(activation)
          .ifPresent(op -> backend.unaryGradient(op, savedFor(f, op, x), out, out));
    }
  }

  private static Operand savedFor(Composition f, UnaryOp op, Operand x) {
    return op.gradientReads() == UnaryOp.Reads.OUTPUT ? f.unary(op, x) : x;
  }

  private static int[] allButChannels(Shape shape) {
    return IntStream.range(0, shape.rank()).filter(axis -> axis != 1).toArray();
  }

  /** A value a channel as (1, C, 1, ...). */
  private static Operand perChannel(Composition f, Operand values, Operand x) {
    int[] extents = new int[x.shape().rank()];
    Arrays.fill(extents, 1);
    extents[1] = x.shape().extent(1);
    return f.reshape(values, Shape.of(extents));
  }
}
