package org.wardlock.kernels.source;

import java.util.Optional;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Operand;

/**
 * Batch normalisation of (N, C, ...) behind an activation, and a scale and a shift a channel. A
 * channel's sums are made in two stages: of chunks as {@link ChannelWalk} cuts them, and then of
 * the chunks, sixteen lanes a channel.
 */
final class GpuBatchNorm {
  private static final String FAMILY = "batchnorm";

  /** Of a chunk: its mean, and of what is left without it the sum and the sum of squares. */
  private static final int MOMENTS = 3;

  /** Of a chunk: the sum of the gradient, alone and times the centred values. */
  private static final int SUMS = 2;

  private final Backend backend;
  private final KernelLibrary kernels;

  GpuBatchNorm(Backend backend, KernelLibrary kernels) {
    this.backend = backend;
    this.kernels = kernels;
  }

  void forward(
      Activation activation,
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Optional<Operand> addend,
      Operand out,
      Operand mean,
      Operand variance) {
    var walk = new ChannelWalk(x, addend.orElse(x), out);
    try (var scratch = new Scratch(backend)) {
      Operand moments = scratch.floats(walk.groups(), MOMENTS);
      var first = start(activation, walk).channels(walk, 0).dense(moments);
      kernels.groups(FAMILY, "batchMoments", walk.groups(), first);
      var second =
          new KernelArguments()
              .number(walk.channels())
              .number(walk.count())
              .dense(moments)
              .dense(mean)
              .dense(variance);
      kernels.lanes(FAMILY, "batchStatistics", walk.channels(), second);
    }
    var arguments =
        start(activation, walk)
            .channels(walk, 0)
            .vector(weight)
            .vector(bias)
            .number(epsilon)
            .dense(mean)
            .dense(variance)
            .flag(addend.isPresent())
            .channels(walk, 1)
            .channels(walk, 2);
    kernels.groups(FAMILY, "batchNorm", walk.groups(), arguments);
  }

  void backward(
      Activation activation,
      Operand x,
      Operand weight,
      Operand mean,
      Operand variance,
      float epsilon,
      Operand g,
      Optional<Operand> gradX,
      Optional<Operand> gradWeight,
      Optional<Operand> gradBias) {
    var walk = new ChannelWalk(x, g, gradX.orElse(g));
    try (var scratch = new Scratch(backend)) {
      Operand sums = scratch.floats(walk.groups(), SUMS);
      Operand weightSum = gradWeight.orElseGet(() -> scratch.floats(walk.channels()));
      Operand biasSum = gradBias.orElseGet(() -> scratch.floats(walk.channels()));
      var first =
          start(activation, walk).channels(walk, 0).channels(walk, 1).vector(mean).dense(sums);
      kernels.groups(FAMILY, "batchGradientSums", walk.groups(), first);
      var second =
          new KernelArguments()
              .number(walk.channels())
              .number(walk.count())
              .dense(sums)
              .vector(variance)
              .number(epsilon)
              .dense(weightSum)
              .dense(biasSum);
      kernels.lanes(FAMILY, "batchParameters", walk.channels(), second);
      if (gradX.isPresent()) {
        var arguments =
            start(activation, walk)
                .channels(walk, 0)
                .channels(walk, 1)
                .vector(weight)
                .vector(mean)
                .vector(variance)
                .number(epsilon)
                .dense(weightSum)
                .dense(biasSum)
                .channels(walk, 2);
        kernels.groups(FAMILY, "batchNormBackward", walk.groups(), arguments);
      }
    }
  }

  void affine(
      Activation activation,
      Operand x,
      Operand scale,
      Operand shift,
      Optional<Operand> addend,
      Operand out) {
    var walk = new ChannelWalk(x, addend.orElse(x), out);
    var arguments =
        start(activation, walk)
            .channels(walk, 0)
            .vector(scale)
            .vector(shift)
            .flag(addend.isPresent())
            .channels(walk, 1)
            .channels(walk, 2);
    kernels.groups(FAMILY, "channelAffine", walk.groups(), arguments);
  }

  void affineBackward(Activation activation, Operand x, Operand scale, Operand g, Operand out) {
    var walk = new ChannelWalk(x, g, out);
    var arguments =
        start(activation, walk).channels(walk, 0).vector(scale).channels(walk, 1).channels(walk, 2);
    kernels.groups(FAMILY, "channelAffineBackward", walk.groups(), arguments);
  }

  private static KernelArguments start(Activation activation, ChannelWalk walk) {
    return new KernelArguments().number(activation.ordinal()).words(walk.extents());
  }
}
