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

  /**
   * What happens to the input first: an offset a channel is added, and an activation applied.
   *
   * @param offset (C), if there is one
   */
  record Before(Optional<Operand> offset, Activation activation) {
    /** Nothing but an activation. */
    Before(Activation activation) {
      this(Optional.empty(), activation);
    }

    /** The first arguments of a launch: how x, operand 0 of the walk, is read. */
    private KernelArguments input(ChannelWalk walk, Operand x) {
      return new KernelArguments()
          .number(activation.ordinal())
          .words(walk.extents())
          .channels(walk, 0)
          .flag(offset.isPresent())
          .vector(offset.orElse(x));
    }
  }

  GpuBatchNorm(Backend backend, KernelLibrary kernels) {
    this.backend = backend;
    this.kernels = kernels;
  }

  void forward(
      Before before,
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Optional<Operand> addend,
      Operand out,
      Operand mean,
      Operand variance) {
    var walk = new ChannelWalk(x);
    try (var scratch = new Scratch(backend)) {
      Operand moments = scratch.floats(walk.groups(), MOMENTS);
      var first = before.input(walk, x).dense(moments);
      kernels.groups(KernelSource.family(FAMILY, x), "batchMoments", walk.groups(), first);
      var second =
          new KernelArguments()
              .number(walk.channels())
              .number(walk.count())
              .dense(moments)
              .dense(mean)
              .dense(variance);
      kernels.lanes(KernelSource.family(FAMILY, x), "batchStatistics", walk.channels(), second);
    }
    normalise(before, x, weight, bias, epsilon, mean, variance, addend, out);
  }

  /** The same with statistics that are known. */
  void normalise(
      Before before,
      Operand x,
      Operand weight,
      Operand bias,
      float epsilon,
      Operand mean,
      Operand variance,
      Optional<Operand> addend,
      Operand out) {
    var walk = new ChannelWalk(x, addend.orElse(x), out);
    var arguments =
        before
            .input(walk, x)
            .vector(weight)
            .vector(bias)
            .number(epsilon)
            .vector(mean)
            .vector(variance)
            .flag(addend.isPresent())
            .channels(walk, 1)
            .channels(walk, 2);
    kernels.groups(KernelSource.family(FAMILY, x), "batchNorm", walk.groups(), arguments);
  }

  void backward(
      Before before,
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
      var first = before.input(walk, x).channels(walk, 1).vector(mean).dense(sums);
      kernels.groups(KernelSource.family(FAMILY, x), "batchGradientSums", walk.groups(), first);
      var second =
          new KernelArguments()
              .number(walk.channels())
              .number(walk.count())
              .dense(sums)
              .vector(variance)
              .number(epsilon)
              .dense(weightSum)
              .dense(biasSum);
      kernels.lanes(KernelSource.family(FAMILY, x), "batchParameters", walk.channels(), second);
      if (gradX.isPresent()) {
        var arguments =
            before
                .input(walk, x)
                .channels(walk, 1)
                .vector(weight)
                .vector(mean)
                .vector(variance)
                .number(epsilon)
                .dense(weightSum)
                .dense(biasSum)
                .channels(walk, 2);
        kernels.groups(
            KernelSource.family(FAMILY, x), "batchNormBackward", walk.groups(), arguments);
      }
    }
  }

  void affine(
      Before before,
      Operand x,
      Operand scale,
      Operand shift,
      Optional<Operand> addend,
      Operand out) {
    var walk = new ChannelWalk(x, addend.orElse(x), out);
    var arguments =
        before
            .input(walk, x)
            .vector(scale)
            .vector(shift)
            .flag(addend.isPresent())
            .channels(walk, 1)
            .channels(walk, 2);
    kernels.groups(KernelSource.family(FAMILY, x), "channelAffine", walk.groups(), arguments);
  }

  void affineBackward(Before before, Operand x, Operand scale, Operand g, Operand out) {
    var walk = new ChannelWalk(x, g, out);
    var arguments = before.input(walk, x).vector(scale).channels(walk, 1).channels(walk, 2);
    kernels.groups(
        KernelSource.family(FAMILY, x), "channelAffineBackward", walk.groups(), arguments);
  }
}
