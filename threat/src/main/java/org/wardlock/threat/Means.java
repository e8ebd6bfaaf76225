package org.wardlock.threat;

import java.util.Optional;
import org.wardlock.nn.Classifier;

/**
 * What the attackers of a grid are given beyond the {@link ThreatSetting}. Each part serves one of
 * them alone; what is missing leaves that one without a row.
 *
 * @param base what the public plain models together are, for messages and resumption
 * @param surrogate a model behind an own key of the same kind
 * @param reused another model behind the service's own key
 * @param standIn the service with gradients that pass its table, where its own are not true ones
 * @param queries that the attackers with scores may ask about a picture, for each attack
 * @param labelQueries that the attackers with labels may ask about a picture, for each attack
 */
public record Means(
    Optional<String> base,
    Optional<Held> surrogate,
    Optional<Held> reused,
    Optional<Classifier> standIn,
    int queries,
    int labelQueries) {
  /**
   * A model that an attacker holds, behind its key.
   *
   * @param classifier whose gradients the attacker can take
   * @param description what tells it from others: digests and key ids
   */
  public record Held(Classifier classifier, String description) {}
}
