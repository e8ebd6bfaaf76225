package org.wardlock.nn;

import java.util.Optional;
import java.util.function.UnaryOperator;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.MixerStage;
import org.wardlock.tensor.Tensor;

/**
 * The layers between two pointwise convolutions of a ConvMixer (Trockman and Kolter 2022), computed
 * as one: the end of a block (or of the stem) and the beginning of the next. The layers keep their
 * parameters and their names.
 *
 * @param before the convolution whose outcome without its bias comes in
 * @param inner its normalisation
 * @param depthwise of the next block, with a shortcut around it
 * @param outer its normalisation
 * @param activation before either normalisation
 */
public record MixerLayers(
    Conv2d before,
    BatchNorm2d inner,
    DepthwiseConv2d depthwise,
    BatchNorm2d outer,
    Activation activation)
    implements Module {

  /** From the convolution's outcome without its bias to what goes into the next one. */
  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return prepared(pass).apply(x);
  }

  /**
   * {@link #forward} for any number of batches: what follows from parameters alone is done once.
   */
  public UnaryOperator<Tensor> prepared(Pass pass) {
    boolean trains = pass.usesBatchStatistics();
    var stage =
        new MixerStage(
            activation,
            before.bias(),
            trains ? inner.scaling() : inner.runningScaling(),
            depthwise.weight(),
            depthwise.bias(),
            trains ? outer.scaling() : outer.runningScaling());
    return trains ? x -> train(x, stage) : x -> x.mixerStage(stage);
  }

  /** What the block before puts out, which {@link #forward} computes on the way. */
  public Tensor incoming(Tensor x, Pass pass) {
    int channels = x.shape().extent(1);
    Tensor biased = x.add(before.bias().cast(x.dtype()).reshape(1, channels, 1, 1));
    return inner.forward(biased, activation, Optional.empty(), pass);
  }

  private Tensor train(Tensor x, MixerStage stage) {
    BatchNorm2d.requireBatch(x);
    MixerStage.Normalized normalized = x.mixerStage(stage, BatchNorm2d.EPSILON);
    inner.observe(x, normalized.innerMean(), normalized.innerVariance());
    outer.observe(x, normalized.outerMean(), normalized.outerVariance());
    return normalized.output();
  }
}
