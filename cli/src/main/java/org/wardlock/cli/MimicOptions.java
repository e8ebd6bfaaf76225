package org.wardlock.cli;

import java.util.List;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.mimic.Mimic;
import org.wardlock.nn.model.ImageClassifier;
import picocli.CommandLine.Option;

/** What every attack by mimicry is told: where features are taken, and how far it may go. */
final class MimicOptions {
  @Option(
      names = "--cutoff",
      required = true,
      paramLabel = "LAYER",
      description =
          "The layer whose features are mimicked: embedding, which is what the head is shown, or a block such as"
              + " block12; the first is block1.")
  private String cutoff;

  @Option(
      names = "--dssim",
      required = true,
      split = ",",
      paramLabel = "X",
      description = "The largest DSSIM, such as 0.003; several with commas between.")
  private List<Double> budgets;

  @Option(
      names = "--pairs",
      required = true,
      paramLabel = "N",
      description =
          "How many random pairs of pictures of different classes, both rightly classified by the student.")
  private int pairs;

  @Option(
      names = "--steps",
      defaultValue = "" + Mimic.DEFAULT_STEPS,
      paramLabel = "N",
      description = "Steps for each target, at most (default: ${DEFAULT-VALUE}).")
  private int steps;

  /** Refuses numbers that make no sense. */
  void requireNumbers() {
    InputException.requirePositive("--pairs", pairs);
    InputException.requirePositive("--steps", steps);
    for (double budget : budgets) {
      if (!(budget > 0)) {
        throw new InputException("--dssim " + budget + ": expected more than 0");
      }
    }
    if (budgets.stream().distinct().count() < budgets.size()) {
      throw new InputException("--dssim " + budgets + ": a budget is there twice");
    }
  }

  /**
   * What a network makes of pictures at a layer.
   *
   * @throws InputException if it has no such layer
   */
  static Features features(ImageClassifier network, String layer) {
    try {
      return Features.of(network, layer);
    } catch (IllegalArgumentException e) {
      throw new InputException("--cutoff: " + e.getMessage() + ", and embedding");
    }
  }

  String cutoff() {
    return cutoff;
  }

  List<Double> budgets() {
    return budgets;
  }

  int pairs() {
    return pairs;
  }

  int steps() {
    return steps;
  }
}
