package org.wardlock.attacks.gradient;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.NonFiniteException;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.ball.Ball;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** From pictures towards wanted features, within the ball; keeps the nearest point of each. */
final class FeatureDescent {
  private final Features teacher;
  private final Task task;
  private final int[] rows;
  private final BestIterates nearest;
  private final double[] distances;
  private final Tensor start;

  FeatureDescent(Features teacher, Task task, int... rows) {
    this.teacher = teacher;
    this.task = task;
    this.rows = rows;
    this.start = Rows.gather(task.pictures().images(), rows);
    this.nearest = new BestIterates(start);
    this.distances = new double[rows.length];
    Arrays.fill(distances, Double.POSITIVE_INFINITY);
  }

  /** The features of pictures, with no way back to them; in the current scope. */
  Tensor features(Tensor images) {
    try (NoGrad _ = NoGrad.enter()) {
      return teacher.features(images);
    }
  }

  /** Goes so many steps, with a forward and a backward pass each, and looks where that led. */
  void descend(Tensor wanted, int iterations, float step) {
    Ball ball = Ball.around(start, task.threat());
    Tensor x = start;
    for (int i = 0; i < iterations; i++) {
      Tensor before = x;
      try (Scope _ = Scope.open("step")) {
        Tensor leaf = x.detach().requiresGrad();
        Tensor found = teacher.features(leaf);
        Tensor difference = found.detach().subtract(wanted);
        consider(difference, x);
        // half the squared distance falls along its gradient, which is this difference's way back
        Tensor gradient = found.backward(difference, List.of(leaf)).of(leaf);
        Tensor direction = SteepestAscent.direction(task.threat().norm(), gradient, _ -> 0.99);
        x = ball.project(x.subtract(direction.multiply(step))).keep();
      }
      if (i > 0) {
        before.release();
      }
    }
    try (Scope _ = Scope.open("end")) {
      consider(features(x).subtract(wanted), x);
    }
  }

  private void consider(Tensor difference, Tensor x) {
    int[] inner = IntStream.range(1, difference.shape().rank()).toArray();
    float[] squares = difference.square().sum(inner).toFloats();
    for (int i = 0; i < squares.length; i++) {
      if (!Float.isFinite(squares[i])) {
        throw new NonFiniteException(
            "teacher: the features of picture %d are %s from their guide's, expected a finite distance"
                .formatted(task.pictures().ids()[rows[i]], squares[i]));
      }
      distances[i] = Math.min(distances[i], Math.sqrt(squares[i]));
      nearest.offer(i, false, -squares[i], x, i);
    }
  }

  /** The points of smallest distance. */
  Tensor nearest() {
    return nearest.candidates().images();
  }

  /** The smallest distance of a picture's features from the wanted ones. */
  double distance(int i) {
    return distances[i];
  }
}
