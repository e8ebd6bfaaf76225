package org.wardlock.attacks.gradient;

import java.util.Arrays;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.LossValue;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;

/**
 * DDN, decoupled direction and norm (Rony et al. 2019): steps along the gradient of the
 * cross-entropy, each followed by a change of the norm: 5 % shorter where the answer is as wanted,
 * 5 % longer where it is not. For L2; the smallest change counts, if it is within the threat.
 *
 * @param iterations at least 1
 */
public record Ddn(int iterations) implements Attack {
  private static final double FIRST_NORM = 1;
  private static final double FACTOR = 0.05;
  private static final double LAST_STEP = 0.01;

  /** Checks the settings. */
  public Ddn {
    if (iterations < 1) {
      throw new IllegalArgumentException("ddn: " + iterations + " iterations, expected at least 1");
    }
  }

  /** 100 iterations. */
  public Ddn() {
    this(100);
  }

  @Override
  public String name() {
    return "ddn";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(iterations + 1L, iterations);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    Pictures pictures = task.pictures();
    try (Scope _ = Scope.open(name())) {
      PointWalk walk = PointWalk.inL2(name(), oracle, task);
      int count = pictures.count();
      float[][] points = new float[count][];
      Arrays.setAll(points, row -> walk.found().clean(row).clone());
      double[] norms = new double[count];
      Arrays.fill(norms, FIRST_NORM);
      for (int i = 0; i < iterations; i++) {
        double step =
            LAST_STEP + (1 - LAST_STEP) * (1 + StrictMath.cos(Math.PI * i / iterations)) / 2;
        walk.step(
            points,
            (logits, row) -> {
              LossValue loss = Loss.CROSS_ENTROPY.of(pictures, row, logits);
              // only the way up counts, and that of a confident answer must not vanish in floats
              return new LossValue(loss.value(), loss.direction());
            },
            (row, isReached, _, gradient) -> {
              norms[row] *= isReached ? 1 - FACTOR : 1 + FACTOR;
              move(walk.found().clean(row), points[row], gradient, step, norms[row]);
            });
      }
      walk.end(points);
      Candidates found = walk.found().candidates();
      found.images().keep();
      return found;
    }
  }

  /** A step along the gradient, then to a distance from the clean picture; in place. */
  private static void move(
      float[] clean, float[] point, float[] gradient, double step, double norm) {
    double slope = Norm.L2.distance(new float[gradient.length], gradient);
    double scale = slope > 0 ? step / slope : 0;
    double[] change = new double[point.length];
    for (int i = 0; i < change.length; i++) {
      change[i] = point[i] + scale * gradient[i] - clean[i];
    }
    double length = Lengths.of(Norm.L2, change);
    double stretch = length > 0 ? norm / length : 0;
    for (int i = 0; i < change.length; i++) {
      point[i] = (float) Math.clamp(clean[i] + stretch * change[i], 0, 1);
    }
  }
}
