package org.wardlock.tensor;

import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What a backward pass found: a gradient for each leaf it reached. To be read only: gradients may
 * share memory with each other and with the gradient that the pass started from, as those of the
 * two operands of a sum do. {@link Tensor#copy()} one before changing it in place.
 */
public final class Gradients {
  private final Map<Node, Tensor> byLeaf = new IdentityHashMap<>();

  Gradients() {}

  void put(Node leaf, Tensor gradient) {
    byLeaf.put(leaf, gradient);
  }

  Map<Node, Tensor> byLeaf() {
    return byLeaf;
  }

  /** Whether a path led from the result to this leaf. */
  public boolean has(Tensor leaf) {
    return byLeaf.containsKey(leaf.node());
  }

  /**
   * The gradient towards a leaf, of its shape.
   *
   * @param leaf a tensor from {@link Tensor#requiresGrad()}
   * @throws IllegalArgumentException if the result does not depend on it by differentiable
   *     operations: a zero in its place would look like robustness
   */
  public Tensor of(Tensor leaf) {
    Tensor gradient = byLeaf.get(leaf.node());
    if (gradient == null) {
      throw new IllegalArgumentException(
          "gradient: the result does not depend on the tensor of shape "
              + leaf.shape()
              + " by recorded operations, or that tensor did not ask for a gradient");
    }
    return gradient;
  }
}
