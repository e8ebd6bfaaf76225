package org.wardlock.attacks.gradient;

import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.LookupClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;

/**
 * Projected gradient ascent in logit space, LS-PGA (Buckman et al. 2018), for classifiers that
 * begin with a table of pixel values: see {@link LookupClassifier}. Every value of a picture may
 * become one of the 8-bit values within the radius. The attack holds a weight for each of these and
 * climbs, by the sign of the gradient, the loss at the mean of what the table gives for them under
 * their softmax, which gets sharper from step to step. After each step it shows the picture of the
 * largest weights to the classifier, so success is that of a picture in 8 bits.
 *
 * <p>For Linf. A value that may be changed by {@code r} 8-bit steps takes the memory of some ten
 * times {@code 2 r + 1} values: at 8/255 about 25 MB for a picture of 224 x 224.
 *
 * @param known the table and what comes after it: of the classifier under attack, or of what the
 *     attacker takes it for
 * @param loss to climb
 * @param iterations steps from each start, at least 1
 * @param restarts how many starts, from 1 to 65536; each draws its first weights
 */
public record LatticeAscent(LookupClassifier known, Loss loss, int iterations, int restarts)
    implements Attack {
  /** Checks the settings. */
  public LatticeAscent {
    if (iterations < 1) {
      throw new IllegalArgumentException(
          "ls-pga: " + iterations + " iterations, expected at least 1");
    }
    if (restarts < 1 || restarts > RandomStreams.MOST_RESTARTS) {
      throw new IllegalArgumentException(
          "ls-pga: %d restarts, expected 1 to %d".formatted(restarts, RandomStreams.MOST_RESTARTS));
    }
  }

  /** 40 steps by cross-entropy from one start. */
  public LatticeAscent(LookupClassifier known) {
    this(known, Loss.CROSS_ENTROPY, 40, 1);
  }

  /** By another loss. */
  public LatticeAscent loss(Loss newLoss) {
    return new LatticeAscent(known, newLoss, iterations, restarts);
  }

  /** With another number of steps. */
  public LatticeAscent iterations(int newIterations) {
    return new LatticeAscent(known, loss, newIterations, restarts);
  }

  /** With another number of starts. */
  public LatticeAscent restarts(int newRestarts) {
    return new LatticeAscent(known, loss, iterations, newRestarts);
  }

  /** {@code ls-pga}, with the loss where it is not cross-entropy. */
  @Override
  public String name() {
    return loss == Loss.CROSS_ENTROPY ? "ls-pga" : "ls-pga-" + loss;
  }

  /** The settings; a classifier has no description of its own. */
  @Override
  public String toString() {
    return "LatticeAscent[loss=%s, iterations=%d, restarts=%d]"
        .formatted(loss, iterations, restarts);
  }

  /** Each step asks for a gradient behind the table, and about a picture. */
  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(2, 1).times((long) iterations * restarts);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    if (task.threat().norm() != Norm.LINF) {
      throw new IllegalArgumentException(
          "%s: changes each value within its own bounds, as linf does, and the threat is %s; use square"
              .formatted(name(), task.threat()));
    }
    BestIterates best = new BestIterates(task.pictures().images());
    try (Scope _ = Scope.open(name())) {
      Oracle inner = oracle.part(known.inner());
      for (int restart = 0; restart < restarts; restart++) {
        boolean all = task.effort() == Effort.TO_THE_END;
        int[] rows = all ? Rows.all(task.pictures().count()) : best.standing();
        if (rows.length > 0) {
          new LatticeClimb(this, oracle, inner, task, best).run(restart, rows);
        }
      }
    }
    return best.candidates();
  }
}
