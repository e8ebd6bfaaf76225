package org.wardlock.nn;

import java.util.Optional;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Convolution: (N, in, H, W) to (N, out, H', W'), H' = (H + 2 padding - kernel) / stride + 1. With
 * a bias it is initialised as PyTorch's: uniform within 1 / sqrt(fan-in).
 */
public final class Conv2d implements Module {
  private final Parameter weight;
  private final Optional<Parameter> bias;
  private final int stride;
  private final int padding;

  /** A layer with square kernels. */
  public Conv2d(ParameterSource source, int in, int out, int kernel, int stride, int padding) {
    Init init = Init.uniform(in * kernel * kernel);
    this(
        source.parameter("weight", Shape.of(out, in, kernel, kernel), init),
        Optional.of(source.parameter("bias", Shape.of(out), init)),
        stride,
        padding);
  }

  private Conv2d(Parameter weight, Optional<Parameter> bias, int stride, int padding) {
    this.weight = weight;
    this.bias = bias;
    this.stride = stride;
    this.padding = padding;
  }

  /**
   * A layer without a bias that keeps a picture's size at stride 1, for a normalisation behind it.
   * Initialised as residual networks are: normal with variance 2 / fan-out (He et al. 2015).
   *
   * @param kernel odd
   */
  public static Conv2d unbiased(ParameterSource source, int in, int out, int kernel, int stride) {
    Init init = Init.normal(Math.sqrt(2.0 / ((double) out * kernel * kernel)));
    Parameter weight = source.parameter("weight", Shape.of(out, in, kernel, kernel), init);
    return new Conv2d(weight, Optional.empty(), stride, kernel / 2);
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
    return bias.isPresent()
        ? x.conv2d(weight.tensor(x.dtype()), bias.get().tensor(), stride, padding)
        : withoutBias(x);
  }

  /** The convolution without its bias, for a layer behind it that adds {@link #bias} itself. */
  public Tensor withoutBias(Tensor x) {
    return x.conv2d(weight.tensor(x.dtype()), stride, padding);
  }

  Tensor bias() {
    return bias.orElseThrow().tensor();
  }
}
