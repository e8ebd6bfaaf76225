package org.wardlock.attacks.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.score.RandomSearch;
import org.wardlock.attacks.score.Square;
import org.wardlock.nn.Classifier;

/**
 * Attacks beside others that must not do better (Carlini et al. 2019): an attack by gradients
 * beside one by scores and beside random points, and an attack beside itself with twice the steps.
 */
final class Comparison {
  /** As for AutoAttack's flag: the share that may fall to the weaker attack, and one picture. */
  private static final double STRONGER = 0.002;

  /** Twice the steps may break that share more, or leave it standing, and one picture. */
  private static final double CONVERGED = 0.05;

  private final Diagnosis diagnosis;
  private final long seed;
  private final Classifier classifier;
  private final Pictures pictures;
  private final Threat threat;

  Comparison(
      Diagnosis diagnosis, long seed, Classifier classifier, Pictures pictures, Threat threat) {
    this.diagnosis = diagnosis;
    this.seed = seed;
    this.classifier = classifier;
    this.pictures = pictures;
    this.threat = threat;
  }

  /** Beside Square or, where that is no stronger, random points. */
  List<Flag> withoutGradients() {
    int[] rows = Standing.rows(standing(diagnosis.attack()));
    if (rows.length == 0) {
      return List.of();
    }
    return square(rows).or(() -> noise(rows)).stream().toList();
  }

  private Optional<Flag> square(int... rows) {
    int broken = broken(rows, new Square().queries(diagnosis.queries()));
    return isMore(broken, STRONGER)
        ? Optional.of(
            new Flag(
                Checkup.BLACK_BOX_STRONGER,
                "square breaks %d of %d pictures that %s left standing, with %d queries"
                    .formatted(
                        broken, pictures.count(), diagnosis.attack().name(), diagnosis.queries()),
                "gradients are misleading: run square with more queries and restarts, and look"
                    + " for what hides the gradient"))
        : Optional.empty();
  }

  /** Beside random points, on the pictures in some rows. */
  Optional<Flag> noise(int... rows) {
    int broken = broken(rows, new RandomSearch(diagnosis.queries()));
    return isMore(broken, STRONGER)
        ? Optional.of(
            new Flag(
                "noise-stronger",
                "%d random points break %d of %d pictures that %s left standing"
                    .formatted(
                        diagnosis.queries(), broken, pictures.count(), diagnosis.attack().name()),
                "the attack is weaker than chance: look for what misleads it, and run apgd-ce and"
                    + " square"))
        : Optional.empty();
  }

  /** How many of the pictures in some rows an attack breaks. */
  private int broken(int[] rows, Attack attack) {
    Pictures left = pictures.select(rows);
    boolean[] standing = Standing.after(classifier, left, threat, seed, attack);
    return rows.length - Standing.count(standing);
  }

  private boolean[] standing(Attack attack) {
    return Standing.after(classifier, pictures, threat, seed, attack);
  }

  /** Beside itself. */
  List<Flag> withTwiceTheSteps() {
    List<Flag> flags = new ArrayList<>();
    boolean[] once = standing(diagnosis.attack());
    boolean[] twice = standing(diagnosis.longer());
    String name = diagnosis.attack().name();
    int more = Standing.more(once, twice);
    if (isMore(more, CONVERGED)) {
      flags.add(
          new Flag(
              "more-steps-stronger",
              "%s with twice the steps breaks %d of %d pictures more"
                  .formatted(name, more, pictures.count()),
              "it has not converged: double the steps until that changes nothing"));
    }
    int fewer = Standing.more(twice, once);
    if (isMore(fewer, CONVERGED)) {
      flags.add(
          new Flag(
              "more-steps-weaker",
              "%s with twice the steps leaves %d of %d pictures standing that it broke"
                  .formatted(name, fewer, pictures.count()),
              "it forgets what it has found, or lives by chance: keep the best iterate, and run"
                  + " several restarts"));
    }
    return flags;
  }

  private boolean isMore(int count, double share) {
    return count > 1 && count > share * pictures.count();
  }
}
