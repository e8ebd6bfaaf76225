package org.wardlock.defense.differentiators;

import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.UnitMask;
import org.wardlock.nn.weights.Weights;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * A student's network with most of its weights, some of its units pruned, and a head that tells two
 * sides apart.
 *
 * @param distinction what it tells apart
 * @param mask the units that are pruned
 * @param head its last layer
 * @param own further weights that differ from the student's, by their names in the network; none
 *     where the head alone was trained
 */
public record Differentiator(Distinction distinction, UnitMask mask, Head head, Weights own) {
  /** The masked network, without this head: in the student's memory but for what differs. */
  ImageClassifier network(ImageClassifier student) {
    return student.masked(mask, own);
  }

  /**
   * The logits of both sides, in the current scope.
   *
   * @param images (N, channels, height, width), float32 in [0, 1]; gradients flow to it where it
   *     requires them
   * @return (N, sides)
   */
  Tensor logits(ImageClassifier student, Tensor images) {
    try (Scope _ = Scope.open("differentiator " + distinction.name());
        ImageClassifier network = network(student)) {
      return head.logits(network.embedding(images)).keep();
    }
  }
}
