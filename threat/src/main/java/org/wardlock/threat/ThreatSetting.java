package org.wardlock.threat;

import java.util.List;
import java.util.Optional;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.defense.KeySpec;
import org.wardlock.nn.Classifier;

/**
 * What is attacked, and what there is to attack it with. No row uses more of it than its {@link
 * Attacker} knows; the key is not among it.
 *
 * @param service the keyed classifier as it is deployed
 * @param keySpec what the key is for: public; none if the service has no key, for comparison
 * @param model the deployed model without its key
 * @param bases plain models, public, for pictures of the same shape; those of other classes serve
 *     for their weights and features alone; none if there are none
 * @param own labelled pictures of the attacker, none of which is evaluated
 * @param threat what may be done to a picture
 * @param seed all random choices are functions of it
 * @param batchSize pictures at a time: changes no result
 * @param listener hears how it goes
 */
public record ThreatSetting(
    Classifier service,
    Optional<KeySpec> keySpec,
    KnownModel model,
    List<KnownModel> bases,
    PictureSource own,
    Threat threat,
    long seed,
    int batchSize,
    ThreatListener listener) {
  /** Keeps a copy of the list. */
  public ThreatSetting {
    bases = List.copyOf(bases);
  }

  /**
   * What the key is for.
   *
   * @throws IllegalStateException if the service has no key
   */
  public KeySpec key() {
    return keySpec.orElseThrow(
        () -> new IllegalStateException("threat setting: the service has no key"));
  }
}
