package org.wardlock.nn;

import org.wardlock.tensor.Tensor;

/** Is shown, in a forward pass, what the units of each layer answer that can be pruned. */
@FunctionalInterface
public interface ActivationObserver {
  /**
   * Looks at one layer. Where a network works on a batch in pieces, each piece is shown.
   *
   * @param layer as {@link org.wardlock.nn.model.UnitLayer} names it
   * @param activations with a row a picture, in a scope that closes soon
   * @param axis along which the units lie
   */
  void observe(String layer, Tensor activations, int axis);
}
