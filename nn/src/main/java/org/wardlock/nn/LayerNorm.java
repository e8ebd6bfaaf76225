package org.wardlock.nn;

import org.wardlock.tensor.LayerNormParameters;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Layer normalisation along the last axis (Ba et al. 2016), epsilon 1e-6 as timm's. */
public final class LayerNorm implements Module {
  private static final float EPSILON = 1e-6f;

  private final Parameter weight;
  private final Parameter bias;

  /** A layer for a last axis of {@code width}. */
  public LayerNorm(ParameterSource source, int width) {
    weight = source.parameter("weight", Shape.of(width), Init.ones());
    bias = source.parameter("bias", Shape.of(width), Init.zeros());
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return x.layerNorm(weight.tensor(), bias.tensor(), EPSILON);
  }

  /** For a linear map behind this norm. */
  LayerNormParameters parameters() {
    return new LayerNormParameters(weight.tensor(), bias.tensor(), EPSILON);
  }
}
