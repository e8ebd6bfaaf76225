package org.wardlock.nn;

import org.wardlock.tensor.Activation;
import org.wardlock.tensor.Tensor;

/**
 * A linear map along the last axis, (..., in) to (..., out): a {@link Linear} layer, or one with a
 * low-rank change beside it.
 */
public interface LinearMap extends Module {
  /** The map behind an activation: the tape keeps less than for one after the other. */
  Tensor forward(Activation activation, Tensor x, Pass pass);

  /** The map behind a layer norm: the tape keeps less than for one after the other. */
  Tensor forward(LayerNorm norm, Tensor x, Pass pass);
}
