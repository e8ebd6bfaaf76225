package org.wardlock.attacks.gradient;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.LossValue;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.SmallestChanges;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Threat;
import org.wardlock.tensor.Scope;

/**
 * Points on the host, one a picture that is still worked on, for attacks that look for the smallest
 * change. A picture is left alone once its change is within the threat, unless all shall be done to
 * the end.
 */
final class PointWalk {
  private final Oracle oracle;
  private final Task task;
  private final SmallestChanges found;
  private final Boundaries boundaries;
  private int[] rows;

  PointWalk(Oracle oracle, Task task) {
    this.oracle = oracle;
    this.task = task;
    this.found = new SmallestChanges(task);
    this.boundaries = new Boundaries(oracle, task);
    this.rows = Rows.all(task.pictures().count());
  }

  /** For attacks that know L2 alone. */
  static PointWalk inL2(String attack, Oracle oracle, Task task) {
    Threat threat = task.threat();
    if (threat.norm() != Norm.L2) {
      throw new IllegalArgumentException(
          attack
              + ": makes changes small in l2, the threat is "
              + threat
              + "; use fmn, fab or apgd");
    }
    return new PointWalk(oracle, task);
  }

  /** How the classifier answers a point, and where its loss rises. */
  interface Visitor {
    /**
     * Hears of one point.
     *
     * @param isReached whether it is answered as wanted
     * @param loss at the point
     * @param gradient of the loss towards the point's values
     */
    void visit(int row, boolean isReached, LossValue loss, float[] gradient);
  }

  /** What an attack climbs at an image of a row. */
  interface RowLoss {
    LossValue of(double[] logits, int row);
  }

  /** The pictures that are still worked on. */
  int[] rows() {
    return rows;
  }

  SmallestChanges found() {
    return found;
  }

  /**
   * Asks about a point of each picture, takes down what is reached, and hands on the gradients of
   * those that are still worked on.
   *
   * @param points for each row of the task
   */
  void step(float[][] points, RowLoss loss, Visitor visitor) {
    if (rows.length == 0) {
      return;
    }
    try (Scope _ = Scope.open("points")) {
      Response answer = oracle.askForGradient(boundaries.upload(pick(points)), rows);
      int[] asked = rows;
      boolean[] reached = take(answer, points);
      int[] going = going(reached);
      rows = Rows.pick(asked, going);
      if (going.length == 0) {
        return;
      }
      LossValue[] losses = new LossValue[asked.length];
      Arrays.setAll(losses, i -> loss.of(answer.logits(i), asked[i]));
      float[][] gradients = Rows.toHost(answer.gradient(going, i -> losses[i].gradient()));
      for (int k = 0; k < going.length; k++) {
        int i = going[k];
        visitor.visit(asked[i], reached[i], losses[i], gradients[k]);
      }
    }
  }

  /** Asks about a last point of each picture. */
  void end(float[][] points) {
    if (rows.length > 0) {
      try (Scope _ = Scope.open("points")) {
        take(oracle.ask(boundaries.upload(pick(points)), rows), points);
      }
    }
  }

  private float[][] pick(float[][] points) {
    return Arrays.stream(rows).mapToObj(row -> points[row]).toArray(float[][]::new);
  }

  private boolean[] take(Response answer, float[][] points) {
    boolean[] reached = new boolean[answer.count()];
    for (int i = 0; i < reached.length; i++) {
      int row = answer.row(i);
      reached[i] = task.pictures().isReached(row, answer.prediction(i));
      if (reached[i]) {
        found.offer(row, points[row]);
      }
    }
    return reached;
  }

  private int[] going(boolean... reached) {
    boolean toTheEnd = task.effort() == Effort.TO_THE_END;
    return IntStream.range(0, reached.length)
        .filter(i -> toTheEnd || !found.isReached(rows[i]))
        .toArray();
  }
}
