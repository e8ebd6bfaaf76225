package org.wardlock.attacks.ball;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Testing;

/** Projections in L2 and L1: inside, for certain, and optimal. */
class GeometryTest {
  private static PictureGeometry geometry(Norm norm, double radius) {
    return norm == Norm.L2 ? new EuclideanGeometry(radius) : new ManhattanGeometry(radius);
  }

  /** Pixels as pictures have them: in the range, often at its ends. */
  private static float[] pixels(Random random, int count) {
    float[] values = Testing.uniform(random, count, -0.2, 1.2);
    for (int i = 0; i < count; i++) {
      values[i] = Math.clamp(values[i], 0f, 1f);
    }
    return values;
  }

  private static void requireInside(Norm norm, float[] clean, float[] point, double radius) {
    assertTrue(
        norm.distance(clean, point) <= radius,
        () -> norm + " " + norm.distance(clean, point) + " > " + radius);
    // summed the other way round as well: no luck with the order
    double sum = 0;
    for (int i = point.length - 1; i >= 0; i--) {
      assertTrue(point[i] >= 0 && point[i] <= 1, "value " + point[i]);
      double change = Math.abs((double) point[i] - clean[i]);
      sum += norm == Norm.L2 ? change * change : change;
    }
    double backwards = norm == Norm.L2 ? Math.sqrt(sum) : sum;
    assertTrue(backwards <= radius * (1 + 1e-14), () -> norm + " " + backwards + " > " + radius);
  }

  @ParameterizedTest
  @EnumSource(names = {"L2", "L1"})
  void tenThousandRandomPointsEndInside(Norm norm) {
    Random random = new Random(4);
    for (int i = 0; i < 10_000; i++) {
      int count = 1 + random.nextInt(200);
      double radius = Math.pow(10, random.nextDouble() * 5 - 4);
      float[] clean = pixels(random, count);
      float[] point = Testing.normal(random, count, radius * random.nextDouble() * 3);
      for (int j = 0; j < count; j++) {
        point[j] += clean[j];
      }
      PictureGeometry geometry = geometry(norm, radius);
      geometry.project(clean, point);
      requireInside(norm, clean, point, radius);
      float[] again = point.clone();
      geometry.project(clean, again);
      assertArrayEquals(point, again, "projected twice");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"L2", "L1"})
  void startsAreInsideAndFarOut(Norm norm) {
    Random random = new Random(5);
    for (int i = 0; i < 1000; i++) {
      int count = 300;
      float[] clean = Testing.uniform(random, count, 0.4, 0.6);
      float[] start = Testing.normal(random, count, 1);
      geometry(norm, 0.5).start(clean, start);
      requireInside(norm, clean, start, 0.5);
      assertEquals(0.5, norm.distance(clean, start), 1e-4);
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"L2", "L1"})
  void aRadiusOfZeroGivesTheCleanPicture(Norm norm) {
    Random random = new Random(6);
    float[] clean = pixels(random, 100);
    float[] point = Testing.uniform(random, 100, 0, 1);
    geometry(norm, 0).project(clean, point);
    assertArrayEquals(clean, point);
    float[] noise = Testing.normal(random, 100, 1);
    geometry(norm, 0).start(clean, noise);
    assertArrayEquals(clean, noise);
  }

  @Test
  void roundingNeverLeadsAwayFromTheCleanPixel() {
    Random random = new Random(9);
    for (int i = 0; i < 10_000; i++) {
      float clean = random.nextFloat();
      double change = (random.nextDouble() * 2 - 1) * Math.pow(10, -8 * random.nextDouble());
      float moved = Segment.towardsClean(clean, change);
      double exact = clean + change;
      assertTrue(Math.abs((double) moved - clean) <= Math.abs(change) * (1 + 1e-15));
      assertTrue(Math.abs(moved - exact) <= Math.ulp((float) exact));
    }
    assertEquals(0.25f, Segment.towardsClean(0.25f, 0));
  }

  @Test
  void pointsInsideStayAsTheyAre() {
    float[] clean = {0.5f, 0.25f};
    float[] point = {0.55f, 0.2f};
    new EuclideanGeometry(0.2).project(clean, point);
    new ManhattanGeometry(0.2).project(clean, point);
    assertArrayEquals(new float[] {0.55f, 0.2f}, point);
  }

  @Test
  void l2MovesStraightTowardsTheCentre() {
    float[] clean = {0.5f, 0.5f};
    float[] point = {0.8f, 0.9f};
    new EuclideanGeometry(0.25).project(clean, point);
    assertArrayEquals(new float[] {0.65f, 0.7f}, point, 1e-6f);
  }

  /**
   * The nearest point of ball and box together, by a search that knows nothing of the solution's
   * form: a fine grid in two dimensions.
   */
  @Test
  void l1IsOptimalAgainstAGrid() {
    Random random = new Random(7);
    int steps = 400;
    for (int i = 0; i < 60; i++) {
      float[] clean = pixels(random, 2);
      double radius = 0.05 + random.nextDouble();
      float[] wanted = Testing.uniform(random, 2, -1, 2);
      double best = Double.POSITIVE_INFINITY;
      for (int a = 0; a <= steps; a++) {
        for (int b = 0; b <= steps; b++) {
          float[] candidate = {(float) a / steps, (float) b / steps};
          if (Norm.L1.distance(clean, candidate) <= radius) {
            best = Math.min(best, Norm.L2.distance(wanted, candidate));
          }
        }
      }
      float[] point = wanted.clone();
      new ManhattanGeometry(radius).project(clean, point);
      double found = Norm.L2.distance(wanted, point);
      assertTrue(found <= best + 1e-6, found + " against " + best);
      assertTrue(found >= best - 2.0 / steps, found + " against " + best);
    }
  }

  /** A convex problem: no better point is near, so none is anywhere. */
  @Test
  void l1CannotBeImprovedByMovingChangeBetweenTwoValues() {
    Random random = new Random(8);
    for (int i = 0; i < 300; i++) {
      int count = 2 + random.nextInt(6);
      float[] clean = pixels(random, count);
      double radius = 0.05 + random.nextDouble() * count / 4;
      float[] wanted = Testing.uniform(random, count, -1, 2);
      float[] point = wanted.clone();
      new ManhattanGeometry(radius).project(clean, point);
      double found = Norm.L2.distance(wanted, point);
      for (int trial = 0; trial < 2000; trial++) {
        float[] other = point.clone();
        double size = Math.pow(10, -1 - 4 * random.nextDouble());
        for (int j = 0; j < count; j++) {
          float moved = other[j] + (float) (random.nextGaussian() * size);
          other[j] = random.nextBoolean() ? other[j] : Math.clamp(moved, 0f, 1f);
        }
        if (Norm.L1.distance(clean, other) <= radius) {
          double distance = Norm.L2.distance(wanted, other);
          assertTrue(found <= distance + 1e-6, found + " against " + distance);
        }
      }
    }
  }
}
