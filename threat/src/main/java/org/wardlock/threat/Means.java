package org.wardlock.threat;

import java.nio.file.Path;
import java.util.Optional;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.attacks.extraction.Extraction;
import org.wardlock.data.Dataset;

/**
 * What the attackers of a grid are given beyond the {@link ThreatSetting}. Each part serves one of
 * them alone; what is missing leaves that one without a row.
 *
 * @param base what the public plain models together are, for messages and resumption
 * @param surrogate a model behind an own key of the same kind
 * @param ownTraining where attacker E trains one, if none is given and it shall
 * @param reused another model behind the service's own key
 * @param behindTable the service with gradients that pass its table, and taken apart behind it,
 *     where its own gradients are not true ones
 * @param pool pictures on which attackers train, and how
 * @param queries that the attackers with scores may ask about a picture, for each attack
 * @param labelQueries that the attackers with labels may ask about a picture, for each attack
 */
public record Means(
    Optional<String> base,
    Optional<Held> surrogate,
    Optional<Path> ownTraining,
    Optional<Held> reused,
    Optional<Surrogate> behindTable,
    Optional<Pool> pool,
    int queries,
    int labelQueries) {
  /**
   * A model that an attacker holds, behind its key.
   *
   * @param surrogate the model behind it
   * @param description what tells it from others: digests and key ids
   */
  public record Held(Surrogate surrogate, String description) {}

  /**
   * What attackers train with: E a model of the same kind, G copies of the service.
   *
   * @param pictures of the attacker's own: how many there are is the budget of queries
   * @param recipe of the training
   * @param judged on which copies are compared with the service, for the report alone
   * @param copies the folder where copies of the service are made
   */
  public record Pool(
      Dataset pictures, Extraction.Recipe recipe, PictureSource judged, Path copies) {}
}
