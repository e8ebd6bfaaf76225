package org.wardlock.cli;

import java.math.BigInteger;
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

  @Option(names = "--steps", paramLabel = "N", description = "Steps of pgd (default: 40).")
  private Optional<Integer> steps;

  @Option(
      names = "--step-size",
      paramLabel = "X",
      description = "Size of a step, such as 2/255 (default: 2.5 eps / steps).")
  private Optional<String> stepSize;

  @Option(
      names = "--restarts",
      paramLabel = "N",
      description = "Random starts of pgd (default: 1).")
  private Optional<Integer> restarts;

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

  /**
   * The attacks. Also sets what the user left open to what is used, so that the run's config names
   * it.
   */
  List<Attack> parse() {
    if (attacks.stream().anyMatch(name -> name.strip().startsWith("pgd"))) {
      Pgd usual = new Pgd(Loss.CROSS_ENTROPY);
      Pgd wanted =
          usual
              .iterations(steps.orElse(usual.iterations()))
              .restarts(restarts.orElse(usual.restarts()));
      steps = Optional.of(wanted.iterations());
      restarts = Optional.of(wanted.restarts());
      stepSize = stepSize.or(() -> Optional.of(stepSizeFor(wanted.iterations())));
    } else {
      requireAbsent("--steps", steps);
      requireAbsent("--step-size", stepSize);
      requireAbsent("--restarts", restarts);
    }
    return attacks.stream().map(name -> parse(name.strip())).toList();
  }

  private void requireAbsent(String option, Optional<?> value) {
    if (value.isPresent()) {
      throw new InputException(
          "%s %s: belongs to pgd; --attack %s takes one step of the whole radius"
              .formatted(option, value.get(), String.join(",", attacks)));
    }
  }

  /** 2.5 eps / steps, exactly. */
  private String stepSizeFor(int count) {
    Rational eps = Rational.parse(radius);
    BigInteger above = BigInteger.valueOf(eps.numerator()).multiply(BigInteger.valueOf(5));
    BigInteger below =
        BigInteger.valueOf(eps.denominator()).multiply(BigInteger.valueOf(2L * count));
    BigInteger common = above.gcd(below).max(BigInteger.ONE);
    try {
      return Rational.of(
              above.divide(common).longValueExact(), below.divide(common).longValueExact())
          .toString();
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new InputException(
          "--eps %s: a step of 2.5 eps / %d has no short fraction; give --step-size"
              .formatted(radius, count));
    }
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
    return new Pgd(loss)
        .iterations(steps.orElseThrow())
        .restarts(restarts.orElseThrow())
        .stepSize(Rational.parse(stepSize.orElseThrow()));
  }
}
