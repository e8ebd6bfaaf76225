package org.wardlock.attacks.gradient;

import java.util.Arrays;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Boundaries to other classes, as they look from points near them: hyperplanes. */
final class Boundaries {
  private static final double TINY = 1e-12;

  private final Oracle oracle;
  private final Task task;
  private final Shape imageShape;

  Boundaries(Oracle oracle, Task task) {
    this.oracle = oracle;
    this.task = task;
    this.imageShape = task.pictures().images().shape().without(0);
  }

  /**
   * A boundary as it looks from a point.
   *
   * @param gap by how much the other class's logit has yet to rise against the label's
   * @param slope how it rises with each value
   * @param distance of the boundary, in the threat's norm
   */
  record Linear(double gap, double[] slope, double distance) {}

  /**
   * The nearest boundary of each point: a forward and a backward pass for each class to look at.
   *
   * @param goals for each row of the task, these classes; equally many for each
   * @param points one a row
   */
  Linear[] nearest(int[][] goals, float[][] points, int... rows) {
    Linear[] nearest = new Linear[rows.length];
    for (int goal = 0; goal < goals[rows[0]].length; goal++) {
      int place = goal;
      try (Scope _ = Scope.open("linearised")) {
        Response answer = oracle.askForGradient(upload(points), rows);
        float[][] slopes =
            Rows.toHost(
                answer.gradient(
                    Rows.all(rows.length), k -> difference(rows[k], goals[rows[k]][place])));
        for (int k = 0; k < rows.length; k++) {
          double[] logits = answer.logits(k);
          double gap = logits[label(rows[k])] - logits[goals[rows[k]][place]];
          Linear one = linear(gap, slopes[k]);
          if (nearest[k] == null || one.distance() < nearest[k].distance()) {
            nearest[k] = one;
          }
        }
      }
    }
    return nearest;
  }

  private int label(int row) {
    return task.pictures().labels()[row];
  }

  private double[] difference(int row, int other) {
    double[] seed = new double[oracle.classes()];
    seed[other] = 1;
    seed[label(row)] = -1;
    return seed;
  }

  private Linear linear(double gap, float... slope) {
    double[] exact = new double[slope.length];
    Arrays.setAll(exact, i -> slope[i]);
    double dual = Lengths.ofSlope(task.threat().norm(), slope);
    return new Linear(gap, exact, Math.abs(gap) / (dual + TINY));
  }

  /** Points in a tensor of the current scope. */
  Tensor upload(float[][] points) {
    return Rows.toDevice(task.pictures().images().device(), imageShape, points);
  }
}
