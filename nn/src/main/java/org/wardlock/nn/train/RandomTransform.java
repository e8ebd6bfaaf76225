package org.wardlock.nn.train;

import org.wardlock.nn.Chance;
import org.wardlock.tensor.Tensor;

/**
 * What happens to pictures in training alone, and not the same every time: a compression drawn for
 * each picture, for instance.
 */
@FunctionalInterface
public interface RandomTransform {
  /**
   * Transforms a batch. What becomes of a picture is a function of its pixels, the seed and its
   * stream, so that a resumed run sees the same pictures.
   *
   * @param images (N, channels, height, width) in [0, 1]
   * @param chance with one stream for each picture and epoch
   * @return the same shape
   */
  Tensor apply(Tensor images, Chance chance);
}
