package org.wardlock.attacks.ball;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Testing;

/** Smallest changes that reach a hyperplane within [0, 1]. */
class HyperplaneTest {
  private static double length(Norm norm, double... change) {
    return switch (norm) {
      case LINF -> Arrays.stream(change).map(Math::abs).max().orElse(0);
      case L2 -> Math.sqrt(Arrays.stream(change).map(part -> part * part).sum());
      case L1 -> Arrays.stream(change).map(Math::abs).sum();
    };
  }

  private static double product(double[] weights, double[] change) {
    double sum = 0;
    for (int i = 0; i < weights.length; i++) {
      sum += weights[i] * change[i];
    }
    return sum;
  }

  @ParameterizedTest
  @EnumSource
  void reachesTheHyperplaneWithinTheBox(Norm norm) {
    Random random = new Random(3);
    int reached = 0;
    for (int trial = 0; trial < 5000; trial++) {
      int count = 1 + random.nextInt(40);
      float[] picture = Testing.uniform(random, count, 0, 1);
      double[] weights = random.doubles(count, -1, 1).map(w -> Math.abs(w) < 0.2 ? 0 : w).toArray();
      double gap = random.nextGaussian() * count / 6;
      double[] change = Hyperplane.reach(norm, picture, weights, gap);
      for (int i = 0; i < count; i++) {
        double value = picture[i] + change[i];
        assertTrue(value >= -1e-12 && value <= 1 + 1e-12, "value " + value);
        assertTrue(weights[i] != 0 || change[i] == 0, "moved for nothing");
      }
      double made = product(weights, change);
      if (Math.abs(made - gap) <= 1e-9) {
        reached++;
      } else {
        assertTrue(Math.abs(made) < Math.abs(gap), made + " goes beyond " + gap);
        for (int i = 0; i < count; i++) {
          boolean up = weights[i] > 0 == gap > 0;
          assertEquals(
              weights[i] == 0 ? 0 : up ? 1 - picture[i] : -picture[i], change[i], 1e-7, "corner");
        }
      }
    }
    assertTrue(reached > 1000 && reached < 4900, reached + " of 5000 were in reach");
  }

  /**
   * A convex problem: no point of the hyperplane near the answer is nearer, so none anywhere is.
   */
  @ParameterizedTest
  @EnumSource
  void noOtherPointOfTheHyperplaneIsNearer(Norm norm) {
    Random random = new Random(4);
    for (int trial = 0; trial < 300; trial++) {
      int count = 2 + random.nextInt(4);
      float[] picture = Testing.uniform(random, count, 0, 1);
      double[] weights = random.doubles(count, -1, 1).toArray();
      double gap = random.nextGaussian() * 0.3;
      double[] change = Hyperplane.reach(norm, picture, weights, gap);
      if (Math.abs(product(weights, change) - gap) > 1e-9) {
        continue;
      }
      double found = length(norm, change);
      for (int other = 0; other < 500; other++) {
        double[] candidate = change.clone();
        double size = Math.pow(10, -4 * random.nextDouble());
        for (int i = 0; i < count; i++) {
          double moved = candidate[i] + random.nextGaussian() * size;
          candidate[i] = Math.clamp(moved, -picture[i], 1 - (double) picture[i]);
        }
        // back onto the hyperplane along one value
        int last = random.nextInt(count);
        candidate[last] += (gap - product(weights, candidate)) / weights[last];
        double value = picture[last] + candidate[last];
        if (value >= 0 && value <= 1) {
          assertTrue(length(norm, candidate) >= found - 1e-9, norm + " was not the nearest");
        }
      }
    }
  }

  @Test
  void formsAreTheKnownOnes() {
    float[] picture = {0.5f, 0.5f, 0.5f};
    double[] weights = {2, -1, 0};
    assertArrayEquals(
        new double[] {0.1, -0.1, 0}, Hyperplane.reach(Norm.LINF, picture, weights, 0.3), 1e-12);
    assertArrayEquals(
        new double[] {0.2, -0.1, 0}, Hyperplane.reach(Norm.L2, picture, weights, 0.5), 1e-12);
    assertArrayEquals(
        new double[] {0.25, 0, 0}, Hyperplane.reach(Norm.L1, picture, weights, 0.5), 1e-12);
    assertArrayEquals(
        new double[] {-0.5, 0.2, 0}, Hyperplane.reach(Norm.L1, picture, weights, -1.2), 1e-12);
    assertArrayEquals(
        new double[] {0.5, -0.5, 0}, Hyperplane.reach(Norm.L2, picture, weights, 9), 1e-12);
    for (Norm norm : Norm.values()) {
      double[] none = Hyperplane.reach(norm, picture, weights, 0);
      assertEquals(0, length(norm, none));
      assertEquals(0, length(norm, Hyperplane.reach(norm, picture, new double[3], 1)));
    }
  }
}
