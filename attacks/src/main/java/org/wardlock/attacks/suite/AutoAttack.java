package org.wardlock.attacks.suite;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.attacks.gradient.Fab;
import org.wardlock.attacks.score.Square;

/**
 * AutoAttack (Croce and Hein 2020), in its published order and with its constants: attacks of
 * different kinds that need no tuning, each on what the ones before left standing.
 */
public enum AutoAttack {
  /** APGD on cross-entropy, targeted APGD, targeted FAB, Square: what leader boards report. */
  STANDARD {
    @Override
    public List<Attack> attacks(Norm norm, Mode mode) {
      boolean sparse = norm == Norm.L1;
      return List.of(
          new Apgd(Loss.CROSS_ENTROPY).restarts(sparse ? SEVERAL : 1).mode(mode),
          Apgd.targeted(sparse ? FEWER_TARGETS : TARGETS).mode(mode),
          fab(Fab.targeted(TARGETS), mode),
          new Square().mode(mode));
    }
  },

  /** The same and the untargeted forms, with five starts each. */
  PLUS {
    @Override
    public List<Attack> attacks(Norm norm, Mode mode) {
      return List.of(
          new Apgd(Loss.CROSS_ENTROPY).restarts(SEVERAL).mode(mode),
          new Apgd(Loss.DLR).restarts(SEVERAL).mode(mode),
          fab(new Fab().restarts(SEVERAL), mode),
          new Square().mode(mode),
          Apgd.targeted(TARGETS).mode(mode),
          fab(Fab.targeted(TARGETS), mode));
    }
  },

  /** For classifiers whose answers vary: averages over 20 answers, APGD alone. */
  RAND {
    @Override
    public List<Attack> attacks(Norm norm, Mode mode) {
      return List.of(
          new Apgd(Loss.CROSS_ENTROPY).draws(DRAWS).mode(mode),
          new Apgd(Loss.DLR).draws(DRAWS).mode(mode));
    }
  };

  private static final int DRAWS = 20;
  private static final int TARGETS = 9;
  private static final int FEWER_TARGETS = 5;
  private static final int SEVERAL = 5;

  /** The published program, and with it the published count of passes, has no final search. */
  private static Fab fab(Fab fab, Mode mode) {
    return fab.finalSearch(0).mode(mode);
  }

  /** The attacks, in order. */
  public abstract List<Attack> attacks(Norm norm, Mode mode);

  /**
   * Reads {@code standard}, {@code plus} or {@code rand}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static AutoAttack parse(String text) {
    return Arrays.stream(values())
        .filter(version -> version.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "version '%s': expected one of %s"
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(AutoAttack::toString)
                                .collect(Collectors.joining(", ")))));
  }

  /** {@code standard}, {@code plus} or {@code rand}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
