package org.wardlock.nn;

import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * One odd k x k filter a channel with bias, stride 1, zeros around so that the extents stay: (N, C,
 * H, W) to the same. Initialised as PyTorch's: uniform within 1 / k.
 */
public final class DepthwiseConv2d implements Module {
  private final Parameter weight;
  private final Parameter bias;

  /** A layer for {@code channels} channels. */
  public DepthwiseConv2d(ParameterSource source, int channels, int kernel) {
    Init init = Init.uniform(kernel * kernel);
    weight = source.parameter("weight", Shape.of(channels, 1, kernel, kernel), init);
    bias = source.parameter("bias", Shape.of(channels), init);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return x.depthwiseConv2d(weight.tensor(), bias.tensor());
  }

  Tensor weight() {
    return weight.tensor();
  }

  Tensor bias() {
    return bias.tensor();
  }
}
