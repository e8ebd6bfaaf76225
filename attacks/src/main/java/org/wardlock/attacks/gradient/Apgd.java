package org.wardlock.attacks.gradient;

import java.util.Optional;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * Auto-PGD (Croce and Hein 2020; for L1 Croce and Hein 2021): projected ascent with momentum from
 * random points of the rim, whose steps shorten by themselves, picture by picture, where the loss
 * no longer rises. In L1 it climbs within three and two times the radius first, for 30 % of the
 * steps each.
 *
 * <p>With {@code targets} it climbs the loss's targeted form once for each of the classes that the
 * clean picture comes nearest to, best first; any wrong answer is success. A loss that needs more
 * classes than there are gives way to the margin.
 *
 * @param loss to climb
 * @param targets how many classes to lead to, one after the other; 0 leads away from the label, or
 *     to the picture's own target
 * @param iterations steps from each start, at least 1
 * @param restarts how many starts for each target, at least 1; start r is the same however many
 *     follow
 * @param draws for classifiers whose answers vary: over how many answers gradients, losses and
 *     decisions are averaged at every point (EOT, Athalye et al. 2018). Others are asked once
 * @param mode whether to follow the published program in its habits, too
 */
public record Apgd(Loss loss, int targets, int iterations, int restarts, int draws, Mode mode)
    implements Attack {
  /** Checks the settings. */
  public Apgd {
    if (iterations < 1) {
      throw new IllegalArgumentException(
          "apgd: " + iterations + " iterations, expected at least 1");
    }
    if (draws < 1) {
      throw new IllegalArgumentException("apgd: " + draws + " draws, expected at least 1");
    }
    int runs = Math.max(1, targets);
    if (targets < 0 || restarts < 1 || (long) runs * restarts > RandomStreams.MOST_RESTARTS) {
      throw new IllegalArgumentException(
          "apgd: %d targets and %d restarts, expected 0 or more, 1 or more, and at most %d starts"
              .formatted(targets, restarts, RandomStreams.MOST_RESTARTS));
    }
  }

  /** 100 steps away from the label from one start. */
  public Apgd(Loss loss) {
    this(loss, 0, 100, 1, 1, Mode.STRICT);
  }

  /** APGD-T: the targeted DLR for a number of targets. */
  public static Apgd targeted(int targets) {
    return new Apgd(Loss.DLR, targets, 100, 1, 1, Mode.STRICT);
  }

  /** With another number of steps. */
  public Apgd iterations(int newIterations) {
    return new Apgd(loss, targets, newIterations, restarts, draws, mode);
  }

  /** With another number of starts. */
  public Apgd restarts(int newRestarts) {
    return new Apgd(loss, targets, iterations, newRestarts, draws, mode);
  }

  /** With averages over another number of answers. */
  public Apgd draws(int newDraws) {
    return new Apgd(loss, targets, iterations, restarts, newDraws, mode);
  }

  /** In another mode. */
  public Apgd mode(Mode newMode) {
    return new Apgd(loss, targets, iterations, restarts, draws, newMode);
  }

  /** {@code apgd-ce}, {@code apgd-dlr}, {@code apgd-margin} and {@code apgd-t}. */
  @Override
  public String name() {
    if (targets == 0) {
      return "apgd-" + loss;
    }
    return loss == Loss.DLR ? "apgd-t" : "apgd-t-" + loss;
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    int runs = targets == 0 ? 1 : ClassTargets.count(targets, classes);
    int starts = norm == Norm.L1 ? stages().length : 1;
    boolean compat = mode == Mode.COMPAT;
    // compat asks for a last gradient that it does not use, and for the ranks of every target
    long ranks = compat && targets > 0 ? 1 : 0;
    Passes climb = new Passes(iterations + (long) starts, iterations + (compat ? starts : 0));
    return climb.plus(new Passes(ranks, 0)).times((long) runs * restarts * draws);
  }

  /** In L1, the steps within three times the radius, twice the radius and the radius. */
  private int[] stages() {
    int wide = (int) (0.3 * iterations);
    return wide == 0 ? new int[] {iterations} : new int[] {wide, wide, iterations - 2 * wide};
  }

  @Override
  public Candidates search(Oracle asked, Task given) {
    Oracle oracle = asked.averaging(draws);
    // the published program goes on in any case, and hands over what it found last
    Task task = mode == Mode.COMPAT ? given : oracle.thorough(given);
    if (targets > 0) {
      ClassTargets.requireUntargeted(name(), task);
    }
    BestIterates best = new BestIterates(task.pictures().images());
    int runs = targets == 0 ? 1 : ClassTargets.count(targets, oracle.classes());
    try (Scope _ = Scope.open(name())) {
      for (int run = 0; run < runs; run++) {
        for (int restart = 0; restart < restarts; restart++) {
          int[] rows =
              task.effort() == Effort.TO_THE_END
                  ? Rows.all(task.pictures().count())
                  : best.standing();
          if (rows.length > 0) {
            try (Scope _ = Scope.open("start")) {
              Optional<int[]> goals =
                  targets == 0
                      ? task.pictures().targets()
                      : Optional.of(ClassTargets.at(run, oracle, task, mode, rows));
              int start = ClassTargets.start(restart, run, targets, oracle.classes());
              climb(oracle, task, best, goals, start, rows);
            }
          }
        }
      }
    }
    return best.candidates();
  }

  private void climb(
      Oracle oracle, Task task, BestIterates best, Optional<int[]> goals, int run, int... rows) {
    Ascender ascender =
        new Ascender(
            oracle, task, best, loss.orMargin(oracle.classes(), goals.isPresent()), goals, mode);
    long[] streams = RandomStreams.of(task.pictures(), run, rows);
    Tensor clean = Rows.gather(task.pictures().images(), rows);
    Threat threat = task.threat();
    if (threat.norm() != Norm.L1) {
      Ball ball = Ball.around(clean, threat);
      Tensor start = ball.randomRim(task.seed(), AttackPurpose.APGD_START, streams);
      ascender.climb(ball, threat, start, iterations, true, rows);
      return;
    }
    int[] steps = stages();
    Ball first = Ball.around(clean, wider(threat, steps.length));
    Tensor point = first.randomRim(task.seed(), AttackPurpose.APGD_START, streams);
    for (int stage = 0; stage < steps.length; stage++) {
      Threat within = wider(threat, steps.length - stage);
      Ball ball = Ball.around(clean, within);
      boolean last = stage == steps.length - 1;
      point = ascender.climb(ball, within, ball.project(point), steps[stage], last, rows);
    }
  }

  private static Threat wider(Threat threat, int times) {
    return new Threat(threat.norm(), threat.radius().times(times));
  }
}
