package org.wardlock.threat.recovery;

import java.util.Arrays;

/**
 * The cheapest way to give each row a column of its own.
 *
 * @param columns for each row its column
 * @param cost the sum of the chosen costs
 */
record Assignment(int[] columns, double cost) {
  private static final int NOBODY = -1;

  /**
   * Finds it by the Hungarian method, as shortest augmenting paths over reduced costs (Kuhn 1955,
   * Jonker and Volgenant 1987), in O(n^3) steps and double precision. Of several that are equally
   * cheap, which one is a function of the costs alone.
   *
   * @param costs square and finite; of either sign
   * @throws IllegalArgumentException if they are not
   */
  static Assignment cheapest(double[]... costs) {
    requireSquare(costs);
    int n = costs.length;
    var state = new Search(costs);
    for (int row = 0; row < n; row++) {
      state.admit(row);
    }
    var columns = new int[n];
    double cost = 0;
    for (int column = 0; column < n; column++) {
      int row = state.rowOf[column];
      columns[row] = column;
      cost += costs[row][column];
    }
    return new Assignment(columns, cost);
  }

  private static void requireSquare(double[]... costs) {
    for (int row = 0; row < costs.length; row++) {
      if (costs[row].length != costs.length) {
        throw new IllegalArgumentException(
            "assignment: row %d has %d costs for %d rows; expected a square table"
                .formatted(row, costs[row].length, costs.length));
      }
      for (double value : costs[row]) {
        if (!Double.isFinite(value)) {
          throw new IllegalArgumentException(
              "assignment: row %d holds the cost %s; expected finite ones".formatted(row, value));
        }
      }
    }
  }

  /** The rows admitted so far, cheapest among themselves, with the prices that prove it. */
  private static final class Search {
    final double[][] costs;
    final int[] rowOf;
    final double[] rowPrice;
    final double[] columnPrice;

    Search(double[]... costs) {
      this.costs = costs;
      rowOf = new int[costs.length];
      Arrays.fill(rowOf, NOBODY);
      rowPrice = new double[costs.length];
      columnPrice = new double[costs.length];
    }

    /** Gives one more row a column, moving others along the cheapest path to a free one. */
    void admit(int newRow) {
      int n = costs.length;
      var distance = new double[n];
      Arrays.fill(distance, Double.POSITIVE_INFINITY);
      var from = new int[n];
      Arrays.fill(from, NOBODY);
      var reached = new boolean[n];
      int row = newRow;
      int last = NOBODY;
      double length = 0;
      do {
        relax(row, length, last, distance, from, reached);
        last = nearest(distance, reached);
        reached[last] = true;
        length = distance[last];
        row = rowOf[last];
      } while (row != NOBODY);
      reprice(newRow, length, distance, reached);
      flip(newRow, last, from);
    }

    /** Looks on from a row that the shortest path so far has come to by the column {@code via}. */
    private void relax(
        int row, double length, int via, double[] distance, int[] from, boolean... reached) {
      double[] line = costs[row];
      double base = length - rowPrice[row];
      for (int column = 0; column < line.length; column++) {
        double candidate = base + line[column] - columnPrice[column];
        if (!reached[column] && candidate < distance[column]) {
          distance[column] = candidate;
          from[column] = via;
        }
      }
    }

    private static int nearest(double[] distance, boolean... reached) {
      int best = NOBODY;
      for (int column = 0; column < distance.length; column++) {
        if (!reached[column] && (best == NOBODY || distance[column] < distance[best])) {
          best = column;
        }
      }
      return best;
    }

    private void reprice(int newRow, double length, double[] distance, boolean... reached) {
      rowPrice[newRow] += length;
      for (int column = 0; column < distance.length; column++) {
        if (reached[column]) {
          double saved = length - distance[column];
          columnPrice[column] -= saved;
          if (rowOf[column] != NOBODY) {
            rowPrice[rowOf[column]] += saved;
          }
        }
      }
    }

    private void flip(int newRow, int end, int... from) {
      int column = end;
      while (from[column] != NOBODY) {
        rowOf[column] = rowOf[from[column]];
        column = from[column];
      }
      rowOf[column] = newRow;
    }
  }
}
