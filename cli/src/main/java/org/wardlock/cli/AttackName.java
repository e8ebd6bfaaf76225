package org.wardlock.cli;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.decision.BoundaryAttack;
import org.wardlock.attacks.decision.HopSkipJump;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.CarliniWagner;
import org.wardlock.attacks.gradient.Ddn;
import org.wardlock.attacks.gradient.DeepFool;
import org.wardlock.attacks.gradient.EstimatedAscent;
import org.wardlock.attacks.gradient.Fab;
import org.wardlock.attacks.gradient.Fgsm;
import org.wardlock.attacks.gradient.Fmn;
import org.wardlock.attacks.gradient.MomentumFgsm;
import org.wardlock.attacks.gradient.Pgd;
import org.wardlock.attacks.score.RandomSearch;
import org.wardlock.attacks.score.Simba;
import org.wardlock.attacks.score.Square;

/** Attacks by the names that users give them. */
enum AttackName {
  FGSM,
  PGD,
  PGD_DLR,
  PGD_MARGIN,
  APGD_CE,
  APGD_DLR,
  APGD_MARGIN,
  APGD_T,
  FAB,
  FAB_T,
  DEEPFOOL,
  DDN,
  FMN,
  CW,
  SQUARE,
  SIMBA,
  NES,
  SPSA,
  RANDOM,
  HOPSKIPJUMP,
  BOUNDARY,
  MI_FGSM,
  NI_FGSM,
  MI_DI_FGSM,
  MI_TI_FGSM,
  MI_DI_TI_FGSM;

  /** Steps of PGD unless given. */
  static final int PGD_STEPS = 40;

  /** How many classes apgd-t and fab-t lead to: as AutoAttack. */
  private static final int TARGETS = 9;

  private static final double DIVERSITY = 0.7;
  private static final int SMOOTHING = 7;
  private static final int RANDOM_QUERIES = 1000;

  /**
   * What users may set.
   *
   * @param stepSize of {@link #isPgd} alone; if empty, its own rule
   */
  record Settings(
      Optional<Integer> steps,
      Optional<Rational> stepSize,
      Optional<Integer> restarts,
      Optional<Integer> queries,
      Optional<Integer> draws,
      Mode mode) {}

  static AttackName parse(String text) {
    return Arrays.stream(values())
        .filter(name -> name.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "--attack %s: unknown; expected %s"
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(AttackName::toString)
                                .collect(Collectors.joining(", ")))));
  }

  boolean isPgd() {
    return this == PGD || this == PGD_DLR || this == PGD_MARGIN;
  }

  boolean hasSteps() {
    return this != FGSM && !hasQueries();
  }

  boolean hasStarts() {
    return isPgd() || hasModes();
  }

  boolean hasQueries() {
    return switch (this) {
      case SQUARE, SIMBA, RANDOM, HOPSKIPJUMP, BOUNDARY -> true;
      default -> false;
    };
  }

  boolean hasDraws() {
    return this == APGD_CE || this == APGD_DLR || this == APGD_MARGIN || this == APGD_T;
  }

  boolean hasModes() {
    return switch (this) {
      case APGD_CE, APGD_DLR, APGD_MARGIN, APGD_T, FAB, FAB_T, SQUARE -> true;
      default -> false;
    };
  }

  /** Whether it cannot lead to targets that are given. */
  boolean choosesTargets() {
    return switch (this) {
      case APGD_T, FAB, FAB_T, DEEPFOOL, HOPSKIPJUMP, BOUNDARY -> true;
      default -> false;
    };
  }

  Attack attack(Settings settings) {
    return switch (this) {
      case FGSM -> new Fgsm();
      case PGD -> pgd(Loss.CROSS_ENTROPY, settings);
      case PGD_DLR -> pgd(Loss.DLR, settings);
      case PGD_MARGIN -> pgd(Loss.MARGIN, settings);
      case APGD_CE -> apgd(new Apgd(Loss.CROSS_ENTROPY), settings);
      case APGD_DLR -> apgd(new Apgd(Loss.DLR), settings);
      case APGD_MARGIN -> apgd(new Apgd(Loss.MARGIN), settings);
      case APGD_T -> apgd(Apgd.targeted(TARGETS), settings);
      case FAB -> fab(new Fab(), settings);
      case FAB_T -> fab(Fab.targeted(TARGETS), settings);
      case DEEPFOOL -> {
        DeepFool usual = new DeepFool();
        yield usual.iterations(settings.steps().orElse(usual.iterations()));
      }
      case DDN -> settings.steps().map(Ddn::new).orElseGet(Ddn::new);
      case FMN -> settings.steps().map(Fmn::new).orElseGet(Fmn::new);
      case CW -> {
        CarliniWagner usual = new CarliniWagner();
        yield usual.iterations(settings.steps().orElse(usual.iterations()));
      }
      case SQUARE -> square(new Square(), settings);
      case SIMBA -> {
        Simba usual = new Simba();
        yield usual.queries(settings.queries().orElse(usual.queries()));
      }
      case NES -> estimated(EstimatedAscent.nes(), settings);
      case SPSA -> estimated(EstimatedAscent.spsa(), settings);
      case RANDOM -> new RandomSearch(settings.queries().orElse(RANDOM_QUERIES));
      case HOPSKIPJUMP -> {
        HopSkipJump usual = new HopSkipJump();
        yield usual.queries(settings.queries().orElse(usual.queries()));
      }
      case BOUNDARY -> settings.queries().map(BoundaryAttack::new).orElseGet(BoundaryAttack::new);
      case MI_FGSM -> momentum(new MomentumFgsm(), settings);
      case NI_FGSM -> momentum(new MomentumFgsm().lookingAhead(), settings);
      case MI_DI_FGSM -> momentum(new MomentumFgsm().diversity(DIVERSITY), settings);
      case MI_TI_FGSM -> momentum(new MomentumFgsm().smoothing(SMOOTHING), settings);
      case MI_DI_TI_FGSM ->
          momentum(new MomentumFgsm().diversity(DIVERSITY).smoothing(SMOOTHING), settings);
    };
  }

  private static Attack pgd(Loss loss, Settings settings) {
    Pgd pgd =
        new Pgd(loss)
            .iterations(settings.steps().orElse(PGD_STEPS))
            .restarts(settings.restarts().orElse(1));
    return settings.stepSize().map(pgd::stepSize).orElse(pgd);
  }

  private static Attack apgd(Apgd usual, Settings settings) {
    return usual
        .iterations(settings.steps().orElse(usual.iterations()))
        .restarts(settings.restarts().orElse(usual.restarts()))
        .draws(settings.draws().orElse(usual.draws()))
        .mode(settings.mode());
  }

  private static Attack fab(Fab usual, Settings settings) {
    return usual
        .iterations(settings.steps().orElse(usual.iterations()))
        .restarts(settings.restarts().orElse(usual.restarts()))
        .mode(settings.mode());
  }

  private static Attack estimated(EstimatedAscent usual, Settings settings) {
    return usual.iterations(settings.steps().orElse(usual.iterations()));
  }

  private static Attack momentum(MomentumFgsm usual, Settings settings) {
    return usual.iterations(settings.steps().orElse(usual.iterations()));
  }

  private static Attack square(Square usual, Settings settings) {
    return usual
        .queries(settings.queries().orElse(usual.queries()))
        .restarts(settings.restarts().orElse(usual.restarts()))
        .mode(settings.mode());
  }

  /** As users write it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
