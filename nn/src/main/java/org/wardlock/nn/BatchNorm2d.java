package org.wardlock.nn;

import java.util.Optional;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.ChannelScaling;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.RepeatedStep;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Tensor.BatchNormalized;
import org.wardlock.tensor.Updates;

/**
 * Batch normalisation of (N, C, H, W) per channel (Ioffe and Szegedy 2015), epsilon 1e-5, with
 * PyTorch's buffers. Training uses the batch's statistics and moves the running ones a tenth of the
 * way towards them, the variance with divisor n - 1; evaluation uses the running ones, and so does
 * training where they are {@linkplain NormStatistics#FROZEN frozen}.
 */
public final class BatchNorm2d implements Module {
  static final float EPSILON = 1e-5f;
  private static final float MOMENTUM = 0.1f;

  private final Parameter weight;
  private final Parameter bias;
  private final Parameter runningMean;
  private final Parameter runningVariance;
  private final Counter batches;

  /** A layer for {@code channels} channels. */
  public BatchNorm2d(ParameterSource source, int channels) {
    Shape shape = Shape.of(channels);
    weight = source.parameter("weight", shape, Init.ones());
    bias = source.parameter("bias", shape, Init.zeros());
    runningMean = source.buffer("running_mean", shape, Init.zeros());
    runningVariance = source.buffer("running_var", shape, Init.ones());
    batches = source.counter("num_batches_tracked");
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return forward(x, Activation.IDENTITY, Optional.empty(), pass);
  }

  /** Normalises {@code activation(x)} and adds {@code addend} to it: faster than one by one. */
  public Tensor forward(Tensor x, Activation activation, Optional<Tensor> addend, Pass pass) {
    if (!pass.usesBatchStatistics()) {
      return x.batchNorm(
          activation,
          weight.tensor(),
          bias.tensor(),
          runningMean.tensor(),
          runningVariance.tensor(),
          EPSILON,
          addend);
    }
    requireBatch(x);
    BatchNormalized normalized =
        x.batchNorm(activation, weight.tensor(), bias.tensor(), EPSILON, addend);
    observe(x, normalized.mean(), normalized.variance());
    return normalized.output();
  }

  /** Refuses a batch without a variance. */
  static void requireBatch(Tensor x) {
    if (valuesPerChannel(x) < 2) {
      throw new IllegalArgumentException(
          "batch normalisation: input "
              + x.shape()
              + " has "
              + valuesPerChannel(x)
              + " value(s) in a channel; training needs at least 2: use larger batches or pictures");
    }
  }

  private static long valuesPerChannel(Tensor x) {
    return x.shape().count() / x.shape().extent(1);
  }

  /** Moves the running statistics towards those of a batch {@code x}. */
  void observe(Tensor x, Tensor mean, Tensor variance) {
    long count = valuesPerChannel(x);
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("running statistics")) {
      move(runningMean, mean, 1);
      move(runningVariance, variance, (float) count / (count - 1));
    }
    RepeatedStep.eachTime(batches::increment);
  }

  /** What normalised values are scaled by in training. */
  ChannelScaling scaling() {
    return new ChannelScaling(weight.tensor(), bias.tensor());
  }

  /** Normalisation with the running statistics. */
  ChannelScaling runningScaling() {
    return ChannelScaling.normalizing(
        weight.tensor(), bias.tensor(), runningMean.tensor(), runningVariance.tensor(), EPSILON);
  }

  private static void move(Parameter running, Tensor statistic, float correction) {
    Updates.affine(running.tensor(), 1 - MOMENTUM, 0);
    Updates.add(running.tensor(), statistic.multiply(MOMENTUM * correction));
  }
}
