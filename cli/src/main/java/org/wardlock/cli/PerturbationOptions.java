package org.wardlock.cli;

import java.util.Optional;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import picocli.CommandLine.Option;

/** How far pictures may be changed. */
final class PerturbationOptions {
  @Option(
      names = "--norm",
      defaultValue = "linf",
      paramLabel = "linf|l2|l1",
      description = "How a change is measured (default: linf).")
  private String norm;

  @Option(
      names = "--eps",
      paramLabel = "E",
      description =
          "The largest change, such as 8/255; extract and proliferate take 8/255 unless told.")
  private Optional<String> radius;

  /** What the user says. */
  Threat threat() {
    return new Threat(Norm.parse(norm), eps());
  }

  /** What the user says, or this radius, which the run's config then names. */
  Threat threatOr(String otherwise) {
    radius = Optional.of(radius.orElse(otherwise));
    return threat();
  }

  /** The radius that the user says. */
  Rational eps() {
    return Rational.parse(
        radius.orElseThrow(
            () -> new InputException("--eps: say how far a picture may be changed, as 8/255")));
  }
}
