package org.wardlock.nn;

import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** {@code x * weight^T + bias} along the last axis: (..., in) to (..., out). */
public final class Linear implements LinearMap {
  private final Parameter weight;
  private final Parameter bias;

  /** Initialised as timm's transformers: weights normal with deviation 0.02, bias 0. */
  public Linear(ParameterSource source, int in, int out) {
    this(source, in, out, Init.truncatedNormal(0.02), Init.zeros());
  }

  /** A layer with an initialisation of one's own. */
  public Linear(ParameterSource source, int in, int out, Init weightInit, Init biasInit) {
    weight = source.parameter("weight", Shape.of(out, in), weightInit);
    bias = source.parameter("bias", Shape.of(out), biasInit);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return x.linear(weight.tensor(x.dtype()), bias.tensor());
  }

  @Override
  public Tensor forward(Activation activation, Tensor x, Pass pass) {
    return x.linear(activation, weight.tensor(x.dtype()), bias.tensor());
  }

  @Override
  public Tensor forward(LayerNorm norm, Tensor x, Pass pass) {
    return x.linear(norm.parameters(), weight.tensor(x.dtype()), bias.tensor());
  }

  /** The last extent of what comes out. */
  int outputs() {
    return bias.shape().extent(0);
  }
}
