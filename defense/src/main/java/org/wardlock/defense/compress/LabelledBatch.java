package org.wardlock.defense.compress;

import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Pictures and what they show.
 *
 * @param images (N, channels, height, width) in [0, 1]
 * @param labels the N classes
 */
public record LabelledBatch(Tensor images, int[] labels) {
  /** As probabilities: (N, classes), in the current scope. */
  Tensor targets(int classes) {
    return Tensor.ofInts(images.device(), Shape.of(labels.length), labels).oneHot(classes, 1, 0);
  }
}
