package org.wardlock.cli;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** What stands between an attacker and a decision, by the names that users give it. */
enum CompressVariant {
  NONE("none", "the network as it is"),
  FINE_TUNED("fine-tuned", "the network after more training on pictures as they are"),
  JPEG("jpeg", "plain JPEG at the bytes of the table"),
  TABLE("table", "JPEG with the favoured table"),
  NOISY("noisy", "the favoured table, and a network fine-tuned on such pictures"),
  ENSEMBLE("ensemble", "a network for each level, by vote"),
  FEATURE_DISTILLATION("feature-distillation", "feature distillation"),
  SLQ("slq", "stochastic local quantisation");

  private final String text;
  private final String how;

  CompressVariant(String text, String how) {
    this.text = text;
    this.how = how;
  }

  /** All that words name, in their usual order; all there are if no word is given. */
  static List<CompressVariant> parse(List<String> words) {
    for (String word : words) {
      if (Arrays.stream(values()).noneMatch(variant -> variant.text.equals(word))) {
        throw new InputException(
            "--variants %s: unknown; expected %s"
                .formatted(
                    word,
                    Arrays.stream(values())
                        .map(CompressVariant::toString)
                        .collect(Collectors.joining(", "))));
      }
    }
    return Arrays.stream(values())
        .filter(variant -> words.isEmpty() || words.contains(variant.text))
        .toList();
  }

  /** What it is, for people. */
  String how() {
    return how;
  }

  /** Whether it wants networks that were fine-tuned. */
  boolean needsLevels() {
    return this == NOISY || this == ENSEMBLE;
  }

  /** As users write it. */
  @Override
  public String toString() {
    return text;
  }
}
