package org.wardlock.attacks.gradient;

import java.util.Arrays;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.SmallestChanges;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;

/**
 * The fast adaptive boundary attack (Croce and Hein 2020): looks for the smallest change that gives
 * a wrong answer. Every step goes to the nearest linearised boundary, exactly and within [0, 1],
 * and is drawn towards the clean picture; from a wrong answer it goes back a tenth of the way. What
 * it finds counts if it is within the threat. To the end, the smallest change it saw is kept; it
 * has no random choice in its first start.
 *
 * <p>With {@code targets} it looks at one boundary at a time, those to the classes that the clean
 * picture comes nearest to; without, at all of them in every step.
 *
 * @param targets how many classes to look at, one after the other; 0 for all at once, which takes a
 *     forward and a backward pass for every other class in every step
 * @param iterations steps from each start, at least 1
 * @param restarts how many starts; all but the first are random points at half the radius, or at
 *     half of the smallest change found
 * @param finalSearch passes in the end that draw what was found, where the threat does not permit
 *     it yet, back to the boundary: the paper's final search, 3 there, which AutoAttack's program
 *     leaves out. {@code COMPAT} leaves it out, too
 * @param mode {@code COMPAT} asks on for pictures that are broken within the threat
 */
public record Fab(int targets, int iterations, int restarts, int finalSearch, Mode mode)
    implements Attack {
  private static final int FINAL_SEARCH = 3;

  /** Checks the settings. */
  public Fab {
    if (iterations < 1) {
      throw new IllegalArgumentException("fab: " + iterations + " iterations, expected at least 1");
    }
    if (finalSearch < 0) {
      throw new IllegalArgumentException(
          "fab: final search of " + finalSearch + " passes, expected at least 0");
    }
    int runs = Math.max(1, targets);
    if (targets < 0 || restarts < 1 || (long) runs * restarts > RandomStreams.MOST_RESTARTS) {
      throw new IllegalArgumentException(
          "fab: %d targets and %d restarts, expected 0 or more, 1 or more, and at most %d starts"
              .formatted(targets, restarts, RandomStreams.MOST_RESTARTS));
    }
  }

  /** FAB: 100 steps from the clean picture, all boundaries at once. */
  public Fab() {
    this(0, 100, 1, FINAL_SEARCH, Mode.STRICT);
  }

  /** FAB-T: 100 steps from the clean picture for each of a number of classes. */
  public static Fab targeted(int targets) {
    return new Fab(targets, 100, 1, FINAL_SEARCH, Mode.STRICT);
  }

  /** With another number of steps. */
  public Fab iterations(int newIterations) {
    return new Fab(targets, newIterations, restarts, finalSearch, mode);
  }

  /** With another number of starts. */
  public Fab restarts(int newRestarts) {
    return new Fab(targets, iterations, newRestarts, finalSearch, mode);
  }

  /** In another mode. */
  public Fab mode(Mode newMode) {
    return new Fab(targets, iterations, restarts, finalSearch, newMode);
  }

  /** With another number of passes in the end. */
  public Fab finalSearch(int newFinalSearch) {
    return new Fab(targets, iterations, restarts, newFinalSearch, mode);
  }

  /** {@code fab} or {@code fab-t}. */
  @Override
  public String name() {
    return targets == 0 ? "fab" : "fab-t";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    int runs = targets == 0 ? 1 : ClassTargets.count(targets, classes);
    int boundaries = targets == 0 ? classes - 1 : 1;
    return new Passes(boundaries + 1L, boundaries)
        .times((long) iterations * restarts * runs)
        .plus(new Passes(lastPasses(), 0));
  }

  private int lastPasses() {
    return mode == Mode.COMPAT ? 0 : finalSearch;
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    ClassTargets.requireUntargeted(name(), task);
    double[][] clean = oracle.cleanLogits(task.pictures());
    SmallestChanges found = new SmallestChanges(task);
    int runs = targets == 0 ? 1 : ClassTargets.count(targets, oracle.classes());
    try (Scope _ = Scope.open(name())) {
      BoundaryWalk walk = new BoundaryWalk(this, oracle, task, found);
      for (int restart = 0; restart < restarts; restart++) {
        for (int run = 0; run < runs; run++) {
          int[] rows =
              task.effort() == Effort.TO_THE_END
                  ? Rows.all(task.pictures().count())
                  : found.standing();
          if (rows.length > 0) {
            walk.run(goals(run, clean, task.pictures().labels()), restart, run, rows);
          }
        }
      }
      new FinalSearch(oracle, task, found).run(lastPasses());
    }
    return found.candidates();
  }

  /** For each row of the task, the classes whose boundaries to look at. */
  private int[][] goals(int run, double[][] clean, int... labels) {
    int[][] goals = new int[clean.length][];
    Arrays.setAll(
        goals,
        row ->
            targets == 0
                ? ClassTargets.others(clean[row], labels[row], 0, clean[row].length - 1)
                : ClassTargets.others(clean[row], labels[row], run, 1));
    return goals;
  }
}
