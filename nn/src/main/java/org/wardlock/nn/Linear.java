package org.wardlock.nn;

import java.util.Optional;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * {@code x * weight^T + bias} along the last axis, or without the bias: (..., in) to (..., out).
 */
public final class Linear implements LinearMap {
  private final Parameter weight;
  private final Optional<Parameter> bias;

  /** Initialised as timm's transformers: weights normal with deviation 0.02, bias 0. */
  public Linear(ParameterSource source, int in, int out) {
    this(source, in, out, Init.truncatedNormal(0.02), Init.zeros());
  }

  /** A layer with an initialisation of one's own. */
  public Linear(ParameterSource source, int in, int out, Init weightInit, Init biasInit) {
    this(
        source.parameter("weight", Shape.of(out, in), weightInit),
        Optional.of(source.parameter("bias", Shape.of(out), biasInit)));
  }

  private Linear(Parameter weight, Optional<Parameter> bias) {
    this.weight = weight;
    this.bias = bias;
  }

  /** A layer without a bias, its weights initialised as timm's transformers'. */
  public static Linear unbiased(ParameterSource source, int in, int out) {
    Init init = Init.truncatedNormal(0.02);
    return new Linear(source.parameter("weight", Shape.of(out, in), init), Optional.empty());
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return x.linear(weight.tensor(x.dtype()), bias());
  }

  @Override
  public Tensor forward(Activation activation, Tensor x, Pass pass) {
    return x.linear(activation, weight.tensor(x.dtype()), bias());
  }

  @Override
  public Tensor forward(LayerNorm norm, Tensor x, Pass pass) {
    return x.linear(norm.parameters(), weight.tensor(x.dtype()), bias());
  }

  /** What is added: zeros where nothing is learnt, which cost one vector beside the product. */
  private Tensor bias() {
    return bias.map(Parameter::tensor)
        .orElseGet(() -> Tensor.zeros(weight.tensor().device(), Shape.of(outputs())));
  }

  /** The last extent of what goes in. */
  int inputs() {
    return weight.shape().extent(1);
  }

  /** The last extent of what comes out. */
  int outputs() {
    return weight.shape().extent(0);
  }
}
