package org.wardlock.attacks.gradient;

import java.util.Optional;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.tensor.Scope;

/**
 * Projected gradient descent (Madry et al. 2018; for L1 as SLIDE, Tramer and Boneh 2019): steps of
 * one size along the direction of steepest ascent in the threat's norm, each followed by projection
 * onto the permitted pictures. The best iterate counts, not the last.
 *
 * @param loss to climb
 * @param iterations steps from each start, at least 1
 * @param stepSize in the norm; if empty, 2.5 times the radius divided by the iterations
 * @param restarts how many starts, from 1 to 65536; start r is the same however many follow
 * @param randomStart whether to start from a random point, uniform over the permitted ones in Linf,
 *     in a random direction at the radius in L2, the point nearest to normal noise in L1; else from
 *     the clean picture, which makes all restarts alike
 * @param sparsity in L1, the share of values that a step leaves alone, those of smallest gradient:
 *     0.99 as published for 32x32 pictures
 */
public record Pgd(
    Loss loss,
    int iterations,
    Optional<Rational> stepSize,
    int restarts,
    boolean randomStart,
    double sparsity)
    implements Attack {
  private static final double STEPS_ACROSS = 2.5;

  /** Checks the settings. */
  public Pgd {
    if (iterations < 1) {
      throw new IllegalArgumentException("pgd: " + iterations + " iterations, expected at least 1");
    }
    if (stepSize.isPresent() && stepSize.get().compareTo(Rational.ZERO) < 0) {
      throw new IllegalArgumentException("pgd: negative step size " + stepSize.get());
    }
    if (restarts < 1 || restarts > RandomStreams.MOST_RESTARTS) {
      throw new IllegalArgumentException(
          "pgd: " + restarts + " restarts, expected 1 to " + RandomStreams.MOST_RESTARTS);
    }
    if (!(sparsity >= 0 && sparsity < 1)) {
      throw new IllegalArgumentException(
          "pgd: sparsity " + sparsity + ", expected 0 to less than 1");
    }
  }

  /** 40 iterations from one random start. */
  public Pgd(Loss loss) {
    this(loss, 40, Optional.empty(), 1, true, 0.99);
  }

  /** With another number of steps. */
  public Pgd iterations(int newIterations) {
    return new Pgd(loss, newIterations, stepSize, restarts, randomStart, sparsity);
  }

  /** With a fixed step size. */
  public Pgd stepSize(Rational newStepSize) {
    return new Pgd(loss, iterations, Optional.of(newStepSize), restarts, randomStart, sparsity);
  }

  /** With another number of starts. */
  public Pgd restarts(int newRestarts) {
    return new Pgd(loss, iterations, stepSize, newRestarts, randomStart, sparsity);
  }

  /** From random points or from the clean picture. */
  public Pgd randomStart(boolean newRandomStart) {
    return new Pgd(loss, iterations, stepSize, restarts, newRandomStart, sparsity);
  }

  /** With sparser or denser steps in L1. */
  public Pgd sparsity(double newSparsity) {
    return new Pgd(loss, iterations, stepSize, restarts, randomStart, newSparsity);
  }

  @Override
  public String name() {
    return loss == Loss.CROSS_ENTROPY ? "pgd" : "pgd-" + loss;
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(iterations + 1L, iterations).times(restarts);
  }

  @Override
  public Candidates search(Oracle oracle, Task given) {
    return search(oracle, given, true);
  }

  /**
   * The same, where starts may have no right to be kept.
   *
   * @param startsCount whether a start that is climbed from is an iterate like the others
   */
  Candidates search(Oracle oracle, Task given, boolean startsCount) {
    Task task = oracle.thorough(given);
    BestIterates best = new BestIterates(task.pictures().images());
    try (Scope _ = Scope.open(name())) {
      Ball ball = Ball.around(task.pictures().images(), task.threat());
      Ascent ascent = new Ascent(this, oracle, task, best, startsCount);
      for (int restart = 0; restart < restarts; restart++) {
        boolean all = task.effort() == Effort.TO_THE_END;
        int[] rows = all ? Rows.all(task.pictures().count()) : best.standing();
        if (rows.length > 0) {
          ascent.run(ball, restart, rows);
        }
      }
    }
    return best.candidates();
  }

  /** The step's size for a threat, rounded up, so that a step of the radius reaches its end. */
  float step(Threat threat) {
    double size =
        stepSize
            .map(Rational::toDouble)
            .orElse(STEPS_ACROSS * threat.radius().toDouble() / iterations);
    return size == 0 ? 0 : Math.nextUp((float) size);
  }
}
