package org.wardlock.nn;

import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/**
 * Where a pass in training gets its random numbers. What chance does to a picture is a function of
 * the seed, the picture's stream and who asks: not of the batch the picture came in.
 *
 * @param seed of the run
 * @param streams I64 (N): one for each picture of the batch and epoch
 */
public record Chance(long seed, Tensor streams) {
  /**
   * Dropout (Srivastava et al. 2014): each value is 0 with some probability, and what stays is made
   * larger by as much as is lost on average.
   *
   * @param x (N, ...)
   * @param probability from 0 to below 1
   * @param purpose tells those who ask apart
   */
  public Tensor dropout(Tensor x, double probability, int purpose) {
    try (Scope _ = Scope.open("dropout")) {
      int columns = Math.toIntExact(x.shape().without(0).count());
      Tensor drawn = Tensor.random(Distribution.UNIFORM, seed, purpose, streams, columns);
      Tensor bound = Tensor.scalar(x.device(), (float) probability);
      Tensor kept = bound.lessOrEqual(drawn).multiply((float) (1 / (1 - probability)));
      return x.multiply(kept.reshape(x.shape().toArray()).cast(x.dtype())).keep();
    }
  }
}
