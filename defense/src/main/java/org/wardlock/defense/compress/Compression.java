package org.wardlock.defense.compress;

import org.wardlock.tensor.Tensor;

/**
 * What a lossy defence does to pictures before a classifier sees them, as tensor operations.
 * Rounding has no useful derivative: {@link #withGradient} puts something in its place. Holds its
 * tables on a device until it is closed. Safe for any number of threads.
 */
public sealed interface Compression extends AutoCloseable
    permits JpegTransform, FeatureDistillation, StochasticQuantization {
  /**
   * Compresses and decompresses a batch.
   *
   * @param images (N, 3, height, width) in [0, 1], on this compression's device
   * @return the same shape, in the current scope
   * @throws IllegalArgumentException if the pictures have another shape
   */
  Tensor apply(Tensor images);

  /** A second compression, to be closed on its own, with something in place of the gradient. */
  Compression withGradient(RoundingGradient gradient);

  /** Whether something stands in for the gradient. */
  boolean isDifferentiable();

  /** Whether equal pictures always become equal pictures. */
  default boolean isDeterministic() {
    return true;
  }

  /** Gives up the tables; using the compression afterwards throws. */
  @Override
  void close();
}
