package org.wardlock.nn.train;

import org.wardlock.data.Batch;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Tensor;

/**
 * What a network is to learn of pictures where that is more than a label: another classifier's
 * probabilities, for instance. A function of the pictures alone, whenever it is asked.
 */
@FunctionalInterface
public interface TrainingTargets {
  /**
   * The probabilities to be learnt, in the current scope; labels and label smoothing do not touch
   * them.
   *
   * @return (pictures, classes), float32
   */
  Tensor of(Device device, Batch batch);
}
