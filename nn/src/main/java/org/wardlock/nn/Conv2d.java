package org.wardlock.nn;

import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Convolution with bias: (N, in, H, W) to (N, out, H', W'), H' = (H + 2 padding - kernel) / stride
 * + 1. Initialised as PyTorch's: uniform within 1 / sqrt(fan-in).
 */
public final class Conv2d implements Module {
  private final Parameter weight;
  private final Parameter bias;
  private final int stride;
  private final int padding;

  /** A layer with square kernels. */
  public Conv2d(ParameterSource source, int in, int out, int kernel, int stride, int padding) {
    Init init = Init.uniform(in * kernel * kernel);
    weight = source.parameter("weight", Shape.of(out, in, kernel, kernel), init);
    bias = source.parameter("bias", Shape.of(out), init);
    this.stride = stride;
    this.padding = padding;
  }

  /** Non-overlapping patches: the stride is the kernel. */
  public static Conv2d patches(ParameterSource source, int in, int out, int patch) {
    return new Conv2d(source, in, out, patch, patch, 0);
  }

  /** A linear map of the channels at each position. */
  public static Conv2d pointwise(ParameterSource source, int in, int out) {
    return new Conv2d(source, in, out, 1, 1, 0);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return x.conv2d(weight.tensor(x.dtype()), bias.tensor(), stride, padding);
  }

  /** The convolution without its bias, for a layer behind it that adds {@link #bias} itself. */
  public Tensor withoutBias(Tensor x) {
    return x.conv2d(weight.tensor(x.dtype()), stride, padding);
  }

  Tensor bias() {
    return bias.tensor();
  }
}
