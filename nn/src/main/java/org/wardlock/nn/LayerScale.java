package org.wardlock.nn;

import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Layer scale (Touvron et al. 2021, "Going deeper with image transformers"): what a branch adds to
 * its shortcut, times a learnt factor for each channel. (..., width) to the same. Factors start at
 * 1e-6, as timm's DeiT-III has them.
 */
public final class LayerScale implements Module {
  private final Parameter gamma;

  /** Factors for a last axis of {@code width}. */
  public LayerScale(ParameterSource source, int width) {
    gamma = source.parameter("gamma", Shape.of(width), new Init.Constant(1e-6f));
  }

  @Override
  public Tensor forward(Tensor x, Pass pass) {
    return x.multiply(gamma.tensor(x.dtype()));
  }
}
