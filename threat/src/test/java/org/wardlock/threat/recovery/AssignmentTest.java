package org.wardlock.threat.recovery;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wardlock.defense.Permutation;

class AssignmentTest {
  private final Random random = new Random(68);

  /** The cost of the cheapest of all permutations, tried one by one. */
  private static double cheapest(double[][] costs, int row, boolean... taken) {
    if (row == costs.length) {
      return 0;
    }
    double best = Double.POSITIVE_INFINITY;
    for (int column = 0; column < costs.length; column++) {
      if (!taken[column]) {
        taken[column] = true;
        best = Math.min(best, costs[row][column] + cheapest(costs, row + 1, taken));
        taken[column] = false;
      }
    }
    return best;
  }

  private double[][] costs(int n, boolean whole) {
    var costs = new double[n][n];
    for (double[] row : costs) {
      // whole numbers tie often
      Arrays.setAll(row, _ -> whole ? random.nextInt(7) - 3 : random.nextGaussian());
    }
    return costs;
  }

  @Test
  void noOtherAssignmentIsCheaper() {
    for (int trial = 0; trial < 200; trial++) {
      int n = trial % 8;
      double[][] costs = costs(n, trial % 3 == 0);
      Assignment found = Assignment.cheapest(costs);
      assertEquals(cheapest(costs, 0, new boolean[n]), found.cost(), 1e-12, "n = " + n);
      Permutation.of(found.columns());
      double sum = 0;
      for (int row = 0; row < n; row++) {
        sum += costs[row][found.columns()[row]];
      }
      assertEquals(sum, found.cost(), 1e-12);
    }
  }

  @Test
  void aPlantedAssignmentAmongManyIsFound() {
    int n = 300;
    int[] planted = Filters.permutation(n, random);
    double[][] costs = costs(n, false);
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < n; column++) {
        costs[row][column] = Math.abs(costs[row][column]) + 0.01;
      }
      costs[row][planted[row]] = 0;
    }
    Assignment found = Assignment.cheapest(costs);
    assertArrayEquals(planted, found.columns());
    assertEquals(0, found.cost());
  }

  @Test
  void productsAreCheapestWhereTheLargestMeetsTheSmallest() {
    int n = 40;
    var costs = new double[n][n];
    for (int row = 0; row < n; row++) {
      for (int column = 0; column < n; column++) {
        costs[row][column] = (double) row * column;
      }
    }
    int[] columns = Assignment.cheapest(costs).columns();
    for (int row = 0; row < n; row++) {
      assertEquals(n - 1 - row, columns[row]);
    }
  }

  @Test
  void addingToAWholeRowOrColumnChangesNothing() {
    double[][] costs = costs(30, false);
    int[] before = Assignment.cheapest(costs).columns();
    for (int column = 0; column < 30; column++) {
      costs[7][column] += 1000;
    }
    for (double[] row : costs) {
      row[3] -= 500;
    }
    assertArrayEquals(before, Assignment.cheapest(costs).columns());
  }

  @Test
  void whatIsNoTableOfFiniteCostsIsRefused() {
    var wide =
        assertThrows(IllegalArgumentException.class, () -> Assignment.cheapest(new double[2][3]));
    assertTrue(wide.getMessage().contains("3 costs for 2 rows"), wide.getMessage());
    double[][] missing = {{0, Double.NaN}, {1, 2}};
    var error = assertThrows(IllegalArgumentException.class, () -> Assignment.cheapest(missing));
    assertTrue(error.getMessage().contains("NaN"), error.getMessage());
  }
}
