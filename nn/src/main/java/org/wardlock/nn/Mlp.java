package org.wardlock.nn;

import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Tensor;

/** The two layers of a transformer block with GELU between them: (..., width) to the same. */
public final class Mlp implements Module {
  /** Batch, tokens, hidden units. */
  private static final int UNIT_AXIS = 2;

  private final String name;
  private final LinearMap fc1;
  private final LinearMap fc2;

  /** Layers from {@code width} to {@code hidden} and back. */
  public Mlp(ParameterSource source, int width, int hidden) {
    name = source.name();
    fc1 = LoraLinear.of(source.child("fc1"), LoraTarget.FC1, width, hidden);
    fc2 = LoraLinear.of(source.child("fc2"), LoraTarget.FC2, hidden, width);
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return second(fc1.forward(x, pass), pass);
  }

  /** The perceptron behind a layer norm. */
  Tensor forward(LayerNorm norm, Tensor x, Pass pass) {
    return second(fc1.forward(norm, x, pass), pass);
  }

  private Tensor second(Tensor hidden, Pass pass) {
    pass.observer().ifPresent(look -> look.observe(name, hidden.gelu(), UNIT_AXIS));
    return fc2.forward(Activation.GELU, hidden, pass);
  }
}
