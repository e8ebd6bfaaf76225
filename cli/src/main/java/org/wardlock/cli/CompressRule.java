package org.wardlock.cli;

import java.util.Arrays;
import java.util.Locale;
import org.wardlock.defense.compress.CoefficientProfile;
import org.wardlock.defense.compress.JpegTransform;
import org.wardlock.defense.compress.TableShape;
import org.wardlock.nn.Classifier;

/** What a favoured table follows from, by the names that users give it. */
enum CompressRule {
  GRADIENT,
  DEVIATION;

  static CompressRule parse(String text) {
    return Arrays.stream(values())
        .filter(rule -> rule.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () -> new InputException("--rule " + text + ": expected gradient or deviation"));
  }

  boolean needsLabels() {
    return this == GRADIENT;
  }

  /**
   * The table's shape.
   *
   * @param transform with a gradient
   */
  TableShape shape(Classifier classifier, JpegTransform transform, CompressSample sample) {
    return switch (this) {
      case DEVIATION ->
          TableShape.ofDeviations(CoefficientProfile.deviations(transform, sample.images()));
      case GRADIENT ->
          TableShape.ofGradients(
              CoefficientProfile.gradients(classifier, transform, sample.batches()));
    };
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
