package org.wardlock.cli;

import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.gradient.Pgd;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How pictures are made on one model that are shown to others. */
final class TransferOptions {
  private static final String RADIUS = "8/255";

  @Mixin private PerturbationOptions perturbation;

  @Option(
      names = "--steps",
      defaultValue = "40",
      paramLabel = "N",
      description = "Steps of PGD (default: 40).")
  private int steps;

  @Option(
      names = "--pictures",
      defaultValue = "100",
      paramLabel = "N",
      description =
          "How many pictures are attacked: the first of a class-balanced, seeded order of the part that validates (default: 100).")
  private int pictures;

  /** How many pictures are attacked, at most. */
  int pictures() {
    if (pictures < 1) {
      throw new InputException("--pictures %s: expected at least 1".formatted(pictures));
    }
    return pictures;
  }

  Threat threat() {
    return perturbation.threatOr(RADIUS);
  }

  Attack attack() {
    return new Pgd(Loss.CROSS_ENTROPY).iterations(steps);
  }
}
