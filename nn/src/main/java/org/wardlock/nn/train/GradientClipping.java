package org.wardlock.nn.train;

import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/**
 * Scales all gradients down together where their common Euclidean norm exceeds a limit, by {@code
 * limit / (norm + 1e-6)} as PyTorch does. The norm never leaves the device.
 *
 * @param limit positive
 */
public record GradientClipping(double limit) {
  private static final float MARGIN = 1e-6f;

  /** Checks the limit. */
  public GradientClipping {
    if (!(limit > 0)) {
      throw new IllegalArgumentException("gradient norm limit " + limit + ", expected more than 0");
    }
  }

  /**
   * Clips in place.
   *
   * @param gradients all of them, end to end
   */
  public void apply(Tensor gradients) {
    try (NoGrad _ = NoGrad.enter();
        Scope _ = Scope.open("gradient clipping")) {
      Tensor norm = gradients.square().sum().sqrt();
      Tensor scale = Tensor.scalar(gradients.device(), (float) limit).divide(norm.add(MARGIN));
      Tensor one = Tensor.scalar(gradients.device(), 1);
      Updates.assign(gradients, gradients.multiply(scale.minimum(one)));
    }
  }
}
