package org.wardlock.cli;

import java.util.List;
import java.util.Optional;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.gradient.Fgsm;
import org.wardlock.attacks.gradient.Pgd;
import picocli.CommandLine.Option;

/** Which attacks are made, and what they may do. */
final class AttackOptions {
  @Option(
      names = "--attack",
      required = true,
      split = ",",
      paramLabel = "NAME",
      description =
          "fgsm, pgd, pgd-dlr, pgd-margin; several with commas between: each gets what still stands.")
  private List<String> attacks;

  @Option(
      names = "--norm",
      defaultValue = "linf",
      paramLabel = "linf|l2|l1",
      description = "How a change is measured (default: linf).")
  private String norm;

  @Option(
      names = "--eps",
      required = true,
      paramLabel = "E",
      description = "The largest change, such as 8/255.")
  private String radius;

  @Option(
      names = "--steps",
      defaultValue = "40",
      paramLabel = "N",
      description = "Steps of pgd (default: 40).")
  private int steps;

  @Option(
      names = "--step-size",
      paramLabel = "X",
      description = "Size of a step, such as 2/255 (default: 2.5 eps / steps).")
  private Optional<String> stepSize;

  @Option(
      names = "--restarts",
      defaultValue = "1",
      paramLabel = "N",
      description = "Random starts of pgd (default: 1).")
  private int restarts;

  @Option(
      names = "--targeted",
      description = "Succeeds only if a picture is taken for the class after its own.")
  private boolean targeted;

  Threat threat() {
    return new Threat(Norm.parse(norm), Rational.parse(radius));
  }

  boolean targeted() {
    return targeted;
  }

  List<Attack> parse() {
    return attacks.stream().map(name -> parse(name.strip())).toList();
  }

  private Attack parse(String name) {
    return switch (name) {
      case "fgsm" -> new Fgsm();
      case "pgd" -> pgd(Loss.CROSS_ENTROPY);
      case "pgd-dlr" -> pgd(Loss.DLR);
      case "pgd-margin" -> pgd(Loss.MARGIN);
      default ->
          throw new InputException(
              "--attack " + name + ": unknown; expected fgsm, pgd, pgd-dlr or pgd-margin");
    };
  }

  private Pgd pgd(Loss loss) {
    Pgd pgd = new Pgd(loss).iterations(steps).restarts(restarts);
    return stepSize.map(Rational::parse).map(pgd::stepSize).orElse(pgd);
  }
}
