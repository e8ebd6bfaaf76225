package org.wardlock.threat;

import java.util.Optional;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.weights.Weights;

/**
 * A model that an attacker holds: it can be asked, differentiated and opened.
 *
 * @param name for reports
 * @param classifier without any key: one that was trained behind a key wants transformed pictures
 * @param weights the same model's, under timm's names
 */
public record KnownModel(String name, Classifier classifier, Weights weights) {
  /** Its blueprint, by which another of its kind can be trained. */
  public Optional<Architecture> architecture() {
    return classifier instanceof ImageClassifier image
        ? Optional.of(image.architecture())
        : Optional.empty();
  }
}
