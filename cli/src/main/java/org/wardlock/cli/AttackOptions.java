package org.wardlock.cli;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.suite.AutoAttack;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Which attacks are made, and what they may do. */
final class AttackOptions {
  @Option(
      names = "--attack",
      split = ",",
      paramLabel = "NAME",
      description =
          "fgsm, pgd, pgd-dlr, pgd-margin, apgd-ce, apgd-dlr, apgd-margin, apgd-t, fab, fab-t, deepfool, ddn, fmn, cw, square, simba, nes, spsa, random, hopskipjump, boundary,"
              + " mi-fgsm, ni-fgsm, mi-di-fgsm, mi-ti-fgsm, mi-di-ti-fgsm;"
              + " several with commas between: each gets what still stands.")
  private List<String> attacks = List.of();

  @Option(
      names = "--version",
      paramLabel = "standard|plus|rand",
      description =
          "AutoAttack instead of --attack: standard is apgd-ce, apgd-t, fab-t and square;"
              + " plus has their other forms, too, with five starts;"
              + " rand is apgd-ce and apgd-dlr with --eot 20.")
  private Optional<String> version;

  @Option(
      names = "--mode",
      defaultValue = "strict",
      paramLabel = "strict|compat",
      description =
          "compat follows AutoAttack's program in its habits, and takes longer (default: strict).")
  private String mode;

  @Mixin private PerturbationOptions perturbation;

  @Option(
      names = "--steps",
      paramLabel = "N",
      description =
          "Steps of pgd (default: 40), of apgd, fab, ddn and fmn (100 unless given), of cw (1000 for each weight), of deepfool and nes (50), of"
              + " spsa (40) and of mi-fgsm and its like (10).")
  private Optional<Integer> steps;

  @Option(
      names = "--step-size",
      paramLabel = "X",
      description = "Size of a step of pgd, such as 2/255 (default: 2.5 eps / steps).")
  private Optional<String> stepSize;

  @Option(
      names = "--restarts",
      paramLabel = "N",
      description = "Starts of pgd, apgd, fab and square (default: 1).")
  private Optional<Integer> restarts;

  @Option(
      names = "--queries",
      paramLabel = "N",
      description =
          "Queries of square and simba after their first (5000 unless given), of hopskipjump and boundary"
              + " at most (5000), and of random (1000).")
  private Optional<Integer> queries;

  @Option(
      names = "--eot",
      paramLabel = "N",
      description =
          "Of models whose answers vary, apgd averages N answers at every point (1 unless given).")
  private Optional<Integer> draws;

  @Option(
      names = "--targeted",
      description =
          "Succeeds only if a picture is taken for the class after its own."
              + " Not with attacks that choose their own targets.")
  private boolean targeted;

  @Option(
      names = "--diagnose",
      description =
          "First looks on 32 pictures whether the first of the attacks can be believed on this model, by"
              + " the indicators of attack failure, Carlini's checks and the binarisation test;"
              + " docs/attacks.md says how. Takes as long as apgd-ce on 700 pictures at most.")
  private boolean diagnoses;

  Threat threat() {
    return perturbation.threat();
  }

  boolean diagnoses() {
    return diagnoses;
  }

  boolean targeted() {
    return targeted;
  }

  /**
   * The attacks. Also sets what the user left open to what is used, so that the run's config names
   * it.
   */
  List<Attack> parse() {
    Mode wanted = Mode.parse(mode);
    if (attacks.isEmpty() == version.isEmpty()) {
      throw new InputException("expected either --attack or --version");
    }
    if (version.isPresent()) {
      requireNothingElse();
      return AutoAttack.parse(version.get()).attacks(threat().norm(), wanted);
    }
    List<AttackName> names = new ArrayList<>();
    for (String name : attacks) {
      names.add(AttackName.parse(name.strip()));
    }
    requireUse("--steps", steps, names, AttackName::hasSteps);
    requireUse("--step-size", stepSize, names, AttackName::isPgd);
    requireUse("--restarts", restarts, names, AttackName::hasStarts);
    requireUse("--queries", queries, names, AttackName::hasQueries);
    requireUse("--eot", draws, names, AttackName::hasDraws);
    requireUse("--mode", Optional.of(mode).filter("compat"::equals), names, AttackName::hasModes);
    if (targeted && names.stream().anyMatch(AttackName::choosesTargets)) {
      throw new InputException(
          "--targeted: apgd-t, fab, fab-t, deepfool, hopskipjump and boundary choose their own targets; leave them out");
    }
    // one that nobody chose follows the radius, which a diagnosis changes
    Optional<Rational> step = stepSize.map(Rational::parse);
    if (names.stream().allMatch(AttackName::isPgd)) {
      steps = Optional.of(steps.orElse(AttackName.PGD_STEPS));
      restarts = Optional.of(restarts.orElse(1));
      stepSize = stepSize.or(() -> Optional.of(stepSizeFor(steps.orElseThrow())));
    }
    return names.stream().map(name -> attack(name, wanted, step)).toList();
  }

  private Attack attack(AttackName name, Mode wanted, Optional<Rational> step) {
    return name.attack(new AttackName.Settings(steps, step, restarts, queries, draws, wanted));
  }

  private void requireNothingElse() {
    requireAbsent("--steps", steps);
    requireAbsent("--step-size", stepSize);
    requireAbsent("--restarts", restarts);
    requireAbsent("--queries", queries);
    requireAbsent("--eot", draws);
    if (targeted) {
      throw new InputException("--targeted: AutoAttack chooses its own targets; use --attack");
    }
  }

  private void requireAbsent(String option, Optional<?> value) {
    if (value.isPresent()) {
      throw new InputException(
          "%s %s: --version %s has settings of its own; use --attack"
              .formatted(option, value.get(), version.orElseThrow()));
    }
  }

  private void requireUse(
      String option, Optional<?> value, List<AttackName> names, Predicate<AttackName> uses) {
    if (value.isPresent() && names.stream().noneMatch(uses)) {
      throw new InputException(
          "%s %s: no use to --attack %s".formatted(option, value.get(), String.join(",", attacks)));
    }
  }

  /** 2.5 eps / steps, exactly. */
  private String stepSizeFor(int count) {
    Rational eps = perturbation.eps();
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
              .formatted(eps, count));
    }
  }
}
