package org.wardlock.attacks.gradient;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.SmallestChanges;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.ball.Hyperplane;
import org.wardlock.tensor.Scope;

/**
 * DeepFool (Moosavi-Dezfooli et al. 2016): straight to the nearest linearised boundary, again and
 * again until the answer is wrong. Boundaries are reached within [0, 1]. Fast, and its changes are
 * small but not the smallest; what it finds counts if it is within the threat.
 *
 * @param classes how many other classes to look at, those that the clean picture comes nearest to
 * @param iterations at most, at least 1
 * @param overshoot how much farther than the boundary to go, as a share
 */
public record DeepFool(int classes, int iterations, double overshoot) implements Attack {
  /** Checks the settings. */
  public DeepFool {
    if (classes < 1 || iterations < 1) {
      throw new IllegalArgumentException(
          "deepfool: %d classes and %d iterations, expected at least 1"
              .formatted(classes, iterations));
    }
    if (!(overshoot >= 0 && overshoot < 1)) {
      throw new IllegalArgumentException(
          "deepfool: overshoot " + overshoot + ", expected 0 to less than 1");
    }
  }

  /** As published: nine other classes, 50 iterations, 2 % beyond. */
  public DeepFool() {
    this(9, 50, 0.02);
  }

  /** With another number of iterations. */
  public DeepFool iterations(int newIterations) {
    return new DeepFool(classes, newIterations, overshoot);
  }

  @Override
  public String name() {
    return "deepfool";
  }

  @Override
  public Passes cost(Norm norm, int classCount) {
    int looked = ClassTargets.count(classes, classCount);
    return new Passes(looked + 1L, looked).times(iterations);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    ClassTargets.requireUntargeted(name(), task);
    int looked = ClassTargets.count(classes, oracle.classes());
    double[][] clean = oracle.cleanLogits(task.pictures());
    int[] labels = task.pictures().labels();
    int[][] goals = new int[clean.length][];
    Arrays.setAll(goals, row -> ClassTargets.others(clean[row], labels[row], 0, looked));
    SmallestChanges found = new SmallestChanges(task);
    try (Scope _ = Scope.open(name())) {
      walk(oracle, task, goals, found);
    }
    return found.candidates();
  }

  private void walk(Oracle oracle, Task task, int[][] goals, SmallestChanges found) {
    Boundaries boundaries = new Boundaries(oracle, task);
    int[] rows = Rows.all(task.pictures().count());
    float[][] points = Arrays.stream(rows).mapToObj(found::clean).toArray(float[][]::new);
    double[][] changes =
        Arrays.stream(points).map(point -> new double[point.length]).toArray(double[][]::new);
    for (int i = 0; i < iterations && rows.length > 0; i++) {
      Boundaries.Linear[] nearest = boundaries.nearest(goals, points, rows);
      for (int k = 0; k < rows.length; k++) {
        points[k] = next(found, rows[k], points[k], changes[k], nearest[k]);
      }
      Response answer;
      try (Scope _ = Scope.open("check")) {
        answer = oracle.ask(boundaries.upload(points), rows);
      }
      int[] asked = rows;
      float[][] tried = points;
      double[][] gone = changes;
      int[] going =
          IntStream.range(0, asked.length)
              .filter(
                  k -> {
                    boolean wrong = task.pictures().isReached(asked[k], answer.prediction(k));
                    return !wrong || !found.offer(asked[k], tried[k]);
                  })
              .toArray();
      rows = Rows.pick(asked, going);
      points = Arrays.stream(going).mapToObj(k -> tried[k]).toArray(float[][]::new);
      changes = Arrays.stream(going).mapToObj(k -> gone[k]).toArray(double[][]::new);
    }
  }

  /** Adds the way to a boundary to the change so far; returns the point a little beyond it. */
  private float[] next(
      SmallestChanges found, int row, float[] point, double[] change, Boundaries.Linear boundary) {
    double[] step = Hyperplane.reach(found.norm(), point, boundary.slope(), boundary.gap());
    float[] clean = found.clean(row);
    float[] next = new float[point.length];
    for (int i = 0; i < next.length; i++) {
      change[i] += step[i];
      next[i] = (float) Math.clamp(clean[i] + (1 + overshoot) * change[i], 0, 1);
    }
    return next;
  }
}
