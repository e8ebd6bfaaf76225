package org.wardlock.threat;

import java.util.Optional;
import org.wardlock.attacks.LookupClassifier;
import org.wardlock.nn.Classifier;

/**
 * A model that pictures are made on to be shown to another.
 *
 * @param classifier whose gradients an attacker takes: true ones, or those that a stand-in for its
 *     table gives
 * @param table the same classifier taken apart behind its table, where its gradients are not true
 *     ones
 */
public record Surrogate(Classifier classifier, Optional<LookupClassifier> table) {
  /** A model with gradients of its own. */
  public static Surrogate of(Classifier classifier) {
    return new Surrogate(classifier, Optional.empty());
  }
}
