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
 * HopSkipJump (Chen, Jordan and Wainwright 2020): from a picture on the boundary, found by
 * bisection, it estimates the direction in which the boundary lies from decisions about random
 * points around, steps that way as far as the answer stays wrong, and goes back to the boundary.
 * For L2 and Linf. It sees nothing but which class a picture is taken for; the smallest change
 * counts, if it is within the threat.
 *
 * @param queries at most, for each picture, from 1 on; a step that needs more than are left is not
 *     begun
 * @param firstLooks points of the first estimate; that of step t takes {@code firstLooks * sqrt(t)}
 * @param mostLooks points of an estimate at most
 */
public record HopSkipJump(int queries, int firstLooks, int mostLooks) implements Attack {
  /** Checks the settings. */
  public HopSkipJump {
    if (queries < 1 || firstLooks < 1 || mostLooks < firstLooks) {
      throw new IllegalArgumentException(
          "hopskipjump: %d queries and %d to %d looks, expected at least 1, and no fewer at most than at first"
              .formatted(queries, firstLooks, mostLooks));
    }
  }

  /** 5,000 queries, looks as published: 100 at first, 10,000 at most. */
  public HopSkipJump() {
    this(5000, 100, 10_000);
  }

  /** With another number of queries. */
  public HopSkipJump queries(int newQueries) {
    return new HopSkipJump(newQueries, firstLooks, mostLooks);
  }

  @Override
  public String name() {
    return "hopskipjump";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(queries, 0);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    DecisionSearch.requireUntargeted(name(), task);
    if (task.threat().norm() == Norm.L1) {
      throw new IllegalArgumentException(
          "hopskipjump: makes changes small in linf or l2, the threat is %s; use square"
              .formatted(task.threat()));
    }
    SmallestChanges found = new SmallestChanges(task);
    try (Scope _ = Scope.open(name())) {
      Candidates best =
          new DecisionSearch(oracle, task, found, queries)
              .run(row -> new Hops(this, task, row, found.clean(row)).begin());
      best.images().keep();
      return best;
    }
  }
}
