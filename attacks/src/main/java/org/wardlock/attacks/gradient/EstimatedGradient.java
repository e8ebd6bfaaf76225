package org.wardlock.attacks.gradient;

import java.util.Arrays;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Response;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/**
 * The gradient of a loss from its values alone: differences between points on both sides, in random
 * directions.
 *
 * @param directions normal numbers, or signs alone
 * @param pairs of points for each estimate
 * @param distance of the points, in units of the pixel range
 */
record EstimatedGradient(Directions directions, int pairs, double distance) {
  /** In which directions to look. */
  enum Directions {
    NORMAL,
    SIGNS
  }

  /**
   * Estimates the gradient at points.
   *
   * @param step tells estimates of one picture apart
   * @param rows of the task that the points belong to
   * @return of the points' shape, in the current scope
   */
  Tensor at(Oracle oracle, Task task, Tensor points, int step, int... rows) {
    Pictures pictures = task.pictures();
    Tensor sum = points.multiply(0);
    for (int pair = 0; pair < pairs; pair++) {
      Tensor before = sum;
      try (Scope _ = Scope.open("pair")) {
        Tensor direction = draw(task, points, (long) step * pairs + pair, rows);
        double[] up = losses(oracle, pictures, points, direction, (float) distance, rows);
        double[] down = losses(oracle, pictures, points, direction, (float) -distance, rows);
        float[] slopes = new float[rows.length];
        for (int i = 0; i < slopes.length; i++) {
          slopes[i] = (float) ((up[i] - down[i]) / (2 * distance * pairs));
        }
        Tensor column = Tensor.of(points.device(), Shape.of(rows.length, 1, 1, 1), slopes);
        sum = direction.multiplyAdd(column, sum).keep();
      }
      before.release();
    }
    return sum;
  }

  private Tensor draw(Task task, Tensor points, long look, int... rows) {
    long[] streams =
        Arrays.stream(rows)
            .mapToLong(row -> look << Integer.SIZE | task.pictures().ids()[row])
            .toArray();
    Shape shape = points.shape();
    Tensor numbers =
        Tensor.random(
                Distribution.NORMAL,
                task.seed(),
                AttackPurpose.LOOKS.number(),
                Tensor.ofLongs(points.device(), Shape.of(rows.length), streams),
                Math.toIntExact(shape.without(0).count()))
            .reshape(shape.toArray());
    return directions == Directions.SIGNS ? numbers.sign() : numbers;
  }

  private static double[] losses(
      Oracle oracle, Pictures pictures, Tensor points, Tensor direction, float far, int... rows) {
    Response answer = oracle.ask(points.add(direction.multiply(far)).clamp(0, 1), rows);
    double[] losses = new double[rows.length];
    Arrays.setAll(losses, i -> Loss.MARGIN.of(pictures, rows[i], answer.logits(i)).value());
    return losses;
  }
}
