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
import org.wardlock.attacks.SmallestChanges;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.ball.PictureGeometry;
import org.wardlock.tensor.Scope;

/**
 * FMN, the fast minimum-norm attack (Pintor et al. 2021): steps along the gradient of the margin,
 * each followed by projection onto a ball whose radius follows the boundary. Until a wrong answer
 * is found it reaches a little beyond where the boundary seems to be (as published, just there,
 * which rounding may keep it from crossing for ever); then it shrinks where the answer is wrong and
 * grows where it is right. The smallest change counts, if it is within the threat. In any norm.
 *
 * @param iterations at least 1
 */
public record Fmn(int iterations) implements Attack {
  private static final double FIRST_STEP = 1;
  private static final double LAST_STEP = 0.01;
  private static final double FIRST_FACTOR = 0.05;
  private static final double LAST_FACTOR = 0.001;

  /** Checks the settings. */
  public Fmn {
    if (iterations < 1) {
      throw new IllegalArgumentException("fmn: " + iterations + " iterations, expected at least 1");
    }
  }

  /** 100 iterations. */
  public Fmn() {
    this(100);
  }

  @Override
  public String name() {
    return "fmn";
  }

  @Override
  public Passes cost(Norm norm, int classes) {
    return new Passes(iterations + 1L, iterations);
  }

  @Override
  public Candidates search(Oracle oracle, Task task) {
    Pictures pictures = task.pictures();
    try (Scope _ = Scope.open(name())) {
      PointWalk walk = new PointWalk(oracle, task);
      int count = pictures.count();
      float[][] points = new float[count][];
      Arrays.setAll(points, row -> walk.found().clean(row).clone());
      double[] radii = new double[count];
      Arrays.fill(radii, Double.POSITIVE_INFINITY);
      for (int i = 0; i < iterations; i++) {
        double step = annealed(FIRST_STEP, LAST_STEP, i);
        double factor = annealed(FIRST_FACTOR, LAST_FACTOR, i);
        walk.step(
            points,
            (logits, row) -> Loss.MARGIN.of(pictures, row, logits),
            (row, isReached, loss, gradient) -> {
              radii[row] =
                  radius(
                      walk.found(),
                      row,
                      radii[row],
                      isReached,
                      factor,
                      points[row],
                      loss,
                      gradient);
              move(walk.found(), row, points[row], gradient, step, radii[row]);
            });
      }
      walk.end(points);
      Candidates found = walk.found().candidates();
      found.images().keep();
      return found;
    }
  }

  /** From a first to nearly a last value, along half a cosine. */
  private double annealed(double first, double last, int iteration) {
    return last + (first - last) * (1 + StrictMath.cos(Math.PI * iteration / iterations)) / 2;
  }

  private static double radius(
      SmallestChanges found,
      int row,
      double radius,
      boolean isReached,
      double factor,
      float[] point,
      LossValue loss,
      float... gradient) {
    double next;
    if (isReached) {
      next = Math.min(radius * (1 - factor), found.smallest(row));
    } else if (Double.isFinite(found.smallest(row))) {
      next = radius * (1 + factor);
    } else {
      double slope = Lengths.ofSlope(found.norm(), gradient);
      double gap = slope > 0 ? Math.abs(loss.value()) / slope : Double.POSITIVE_INFINITY;
      next = (found.norm().distance(found.clean(row), point) + gap) * (1 + factor);
    }
    return Math.min(next, farthest(found, row));
  }

  /** How far away the farthest picture is. */
  private static double farthest(SmallestChanges found, int row) {
    float[] clean = found.clean(row);
    double[] rooms = new double[clean.length];
    Arrays.setAll(rooms, i -> Math.max(clean[i], 1 - (double) clean[i]));
    return Lengths.of(found.norm(), rooms);
  }

  /** A step of a length in L2, in any norm as published; then into the ball. In place. */
  private static void move(
      SmallestChanges found, int row, float[] point, float[] gradient, double step, double radius) {
    float[] clean = found.clean(row);
    double slope = Norm.L2.distance(new float[gradient.length], gradient);
    double scale = slope > 0 ? step / slope : 0;
    if (found.norm() == Norm.LINF) {
      for (int i = 0; i < point.length; i++) {
        double moved = point[i] + scale * gradient[i];
        double near = Math.clamp(moved, clean[i] - radius, clean[i] + radius);
        point[i] = (float) Math.clamp(near, 0, 1);
      }
      return;
    }
    for (int i = 0; i < point.length; i++) {
      point[i] += (float) (scale * gradient[i]);
    }
    PictureGeometry.of(found.norm(), radius).project(clean, point);
  }
}
