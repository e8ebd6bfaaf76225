package org.wardlock.attacks.gradient;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.FunctionClassifier;
import org.wardlock.attacks.LinearClassifier;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Mode;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.RememberingClassifier;
import org.wardlock.attacks.Testing;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.ball.LinfBounds;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** The way that APGD goes, predicted point by point where the loss is known. */
class ApgdWayTest {
  private static final Shape SHAPE = Shape.of(1, 2, 3);
  private static final int VALUES = 6;
  private static final double RADIUS = 0.25;
  private static final Rational QUARTER = Rational.of(1, 4);

  // of its first 25 steps APGD looks back after the fifth
  private static final int STEPS = 25;

  private final Random random = new Random(181);
  private final float[] slope = Testing.normal(random, VALUES, 1);

  /** Two classes whose margin grows by the same slope everywhere, and nowhere enough. */
  private final LinearClassifier plane =
      new LinearClassifier(SHAPE, new float[][] {new float[VALUES], slope}, 100, 0);

  private final Pictures grey =
      Pictures.of(Testing.images(SHAPE, Testing.uniform(random, 3 * VALUES, 0.5, 0.5)), 0, 0, 0);

  private RememberingClassifier climbed(Mode mode, Threat threat) {
    RememberingClassifier remembering = new RememberingClassifier(plane);
    try (Scope _ = Scope.open("test")) {
      new Apgd(Loss.MARGIN).iterations(STEPS).mode(mode).run(remembering, grey, threat, 1);
    }
    return remembering;
  }

  @ParameterizedTest
  @EnumSource
  void aConstantGradientLeadsToTheCornerAtOnceAndKeepsItThere(Mode mode) {
    RememberingClassifier climbed = climbed(mode, Threat.linf(QUARTER));
    float[] corner = new float[VALUES];
    for (int i = 0; i < VALUES; i++) {
      corner[i] = slope[i] > 0 ? LinfBounds.high(0.5f, QUARTER) : LinfBounds.low(0.5f, QUARTER);
    }
    for (int row = 0; row < grey.count(); row++) {
      float[][] way = climbed.way(row);
      assertEquals(STEPS + 1, way.length);
      for (int step = 1; step <= STEPS; step++) {
        assertArrayEquals(corner, way[step], "after step " + step);
      }
    }
  }

  /** On a sphere the way bends, and momentum shows: three steps, computed in double. */
  @ParameterizedTest
  @EnumSource
  void aConstantGradientLeadsAroundTheSphereWithMomentum(Mode mode) {
    RememberingClassifier climbed = climbed(mode, Threat.l2(QUARTER));
    double length = length(toDouble(slope));
    for (int row = 0; row < grey.count(); row++) {
      float[][] way = climbed.way(row);
      double[] before = toDouble(way[0]);
      assertEquals(RADIUS, length(minus(before, centre())), 1e-6, "the start is at the radius");
      double[] at = before;
      for (int step = 1; step <= 3; step++) {
        double[] target = new double[VALUES];
        double[] next = new double[VALUES];
        for (int i = 0; i < VALUES; i++) {
          target[i] = at[i] + 2 * RADIUS * slope[i] / length;
        }
        target = intoTheBall(target);
        double share = step == 1 ? 1 : 0.75;
        for (int i = 0; i < VALUES; i++) {
          next[i] = at[i] + share * (target[i] - at[i]) + (1 - share) * (at[i] - before[i]);
        }
        before = at;
        at = intoTheBall(next);
        assertTrue(length(minus(at, before)) > 0.01, "too little of a step to see momentum in");
        for (int i = 0; i < VALUES; i++) {
          assertEquals(at[i], way[step][i], 1e-6, "value " + i + " after step " + step);
        }
      }
    }
  }

  private static double[] centre() {
    double[] centre = new double[VALUES];
    Arrays.fill(centre, 0.5);
    return centre;
  }

  private static double[] toDouble(float... values) {
    double[] exact = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      exact[i] = values[i];
    }
    return exact;
  }

  private static double[] minus(double[] a, double[] b) {
    double[] difference = new double[a.length];
    for (int i = 0; i < a.length; i++) {
      difference[i] = a[i] - b[i];
    }
    return difference;
  }

  private static double length(double... values) {
    double sum = 0;
    for (double value : values) {
      sum += value * value;
    }
    return Math.sqrt(sum);
  }

  private static double[] intoTheBall(double... point) {
    double[] change = minus(point, centre());
    double shrink = Math.min(1, RADIUS / length(change));
    double[] inside = new double[point.length];
    for (int i = 0; i < point.length; i++) {
      inside[i] = 0.5 + shrink * change[i];
    }
    return inside;
  }

  /**
   * One value, from 0.25 to 0.75, and a loss that is highest at 0.3. Of ten steps APGD looks back
   * after each but the first. The step is 0.5 at first:
   *
   * <pre>
   *  0.25         up, all the way
   *  0.75         to 0.25, a quarter on: to 0.5
   *  0.5          one rise of two: halved to 0.25, back to 0.25, where the way is up;
   *               0.75 * 0.25 up, a quarter of 0.25 - 0.75 down
   *  0.3125       a new height; down, but no further than 0.25
   *  0.28125      lower: halved to 0.125, back to 0.3125, which momentum has forgotten
   *  0.265625     lower again: 0.0625, which is still cut off at 0.25
   *  0.265625     as low: 0.03125
   *  0.2890625    a new height; up
   *  0.306640625  a new height; down
   *  0.287597...  lower: 0.015625, back to 0.306640625
   *  0.294921875  the best
   * </pre>
   */
  @ParameterizedTest
  @EnumSource
  void aLookBackInABowlGoesOnFromTheBestPoint(Mode mode) {
    float peak = 0.3f;
    FunctionClassifier bowl =
        new FunctionClassifier(
            Shape.of(1, 1, 1),
            2,
            images -> {
              Tensor x = images.reshape(-1, 1);
              return Tensor.concatenate(
                  1, x.multiply(0), x.add(-peak).square().affine(-1, -0.125f));
            });
    RememberingClassifier remembering = new RememberingClassifier(bowl);
    int count = 8;
    try (Scope _ = Scope.open("test")) {
      Tensor grey =
          Testing.images(Shape.of(1, 1, 1), 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f, 0.5f);
      AttackResult result =
          new Apgd(Loss.MARGIN)
              .iterations(10)
              .mode(mode)
              .run(remembering, grey, new int[count], new Threat(Norm.LINF, QUARTER), 1);
      int fromBelow = 0;
      for (int row = 0; row < count; row++) {
        float[][] way = remembering.way(row);
        assertEquals(11, way.length);
        if (way[0][0] == 0.25f) {
          fromBelow++;
          float[] expected = {
            0.25f,
            0.75f,
            0.5f,
            0.3125f,
            0.28125f,
            0.265625f,
            0.265625f,
            0.2890625f,
            0.306640625f,
            0.28759765625f,
            0.294921875f
          };
          for (int step = 0; step <= 10; step++) {
            assertEquals(expected[step], way[step][0], "after step " + step);
          }
          double below = peak - 0.294921875;
          assertEquals(
              -below * below - 0.125, result.pictures().get(row).loss().orElseThrow(), 1e-6);
        }
      }
      assertTrue(fromBelow > 0, "all starts were at 0.75");
    }
  }
}
