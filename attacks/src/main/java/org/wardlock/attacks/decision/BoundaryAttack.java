package org.wardlock.attacks.decision;

import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.SmallestChanges;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;

/**
 * The boundary attack (Brendel, Rauber and Bethge 2018): a random walk along the boundary. Each
 * step goes a little sideways, at an equal distance from the clean picture, then a little towards
 * it, and stays where the answer is still wrong; both lengths adapt to how often that is so. For
 * L2; sees nothing but which class a picture is taken for. The smallest change counts, if it is
 * within the threat.
 *
 * @param queries at most, for each picture, from 1 on; it ends sooner where steps have become
 *     shorter than 10^-7 of the distance
 */
public record BoundaryAttack(int queries) implements Attack {
  /** Checks the settings. */
  public BoundaryAttack {
    if (queries < 1) {
      throw new IllegalArgumentException("boundary: " + queries + " queries, expected at least 1");
    }
  }

  /** 5,000 queries. */
  public BoundaryAttack() {
    this(5000);
  }

  @Override
  public String name() {
    return "boundary";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(queries, 0);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    DecisionSearch.requireUntargeted(name(), task);
    if (task.threat().norm() != Norm.L2) {
      throw new IllegalArgumentException(
          "boundary: makes changes small in l2, the threat is %s; use hopskipjump or square"
              .formatted(task.threat()));
    }
    SmallestChanges found = new SmallestChanges(task);
    try (Scope _ = Scope.open(name())) {
      Candidates best =
          new DecisionSearch(oracle, task, found, queries)
              .run(row -> new BoundarySteps(task, row, found.clean(row)).begin());
      best.images().keep();
      return best;
    }
  }
}
