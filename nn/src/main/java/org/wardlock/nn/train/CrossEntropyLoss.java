package org.wardlock.nn.train;

import org.wardlock.tensor.Tensor;

/**
 * The mean cross-entropy of a batch, with label smoothing (Szegedy et al. 2016): of a probability
 * of 1, {@code smoothing} is spread evenly over all classes.
 *
 * @param smoothing from 0 (none) to below 1
 */
public record CrossEntropyLoss(double smoothing) {
  /** Checks the smoothing. */
  public CrossEntropyLoss {
    if (!(smoothing >= 0 && smoothing < 1)) {
      throw new IllegalArgumentException(
          "label smoothing " + smoothing + ", expected from 0 to below 1");
    }
  }

  /**
   * The probabilities to be learnt.
   *
   * @param labels (N), I32
   * @return (N, classes)
   */
  public Tensor targets(Tensor labels, int classes) {
    double off = smoothing / classes;
    return labels.oneHot(classes, (float) (1 - smoothing + off), (float) off);
  }

  /**
   * The loss of a batch, a scalar.
   *
   * @param logits (N, classes)
   * @param targets probabilities, likewise
   */
  public Tensor mean(Tensor logits, Tensor targets) {
    return logits.crossEntropy(targets).mean();
  }
}
