package org.wardlock.attacks.score;

import java.util.HashMap;
import java.util.Map;
import org.wardlock.attacks.Norm;

/**
 * The smooth pattern of the Square attack in L2 and L1: two bumps of opposite sign, one above the
 * other, each a sum of nested rectangles of height 1 / (k + 1)^2, of norm 1 in all.
 */
final class Bumps {
  private final Norm norm;
  private final Map<Integer, double[][]> bySide = new HashMap<>();

  Bumps(Norm norm) {
    this.norm = norm;
  }

  /** The pattern of a side, side * side values by rows, upright or lying. */
  double[] of(int side, boolean lying) {
    return bySide.computeIfAbsent(side, this::both)[lying ? 1 : 0];
  }

  private double[][] both(int side) {
    double[] upright = new double[side * side];
    int upper = side / 2;
    fill(upright, side, 0, upper, 1);
    fill(upright, side, upper, side - upper, -1);
    normalise(upright, 0, upright.length);
    double[] lying = new double[side * side];
    for (int i = 0; i < lying.length; i++) {
      lying[i] = upright[i % side * side + i / side];
    }
    return new double[][] {upright, lying};
  }

  private void fill(double[] pattern, int side, int firstRow, int rows, int sign) {
    int centreRow = rows / 2;
    int centreColumn = side / 2;
    for (int k = 0; k <= Math.max(centreRow, centreColumn); k++) {
      double height = sign / ((k + 1.0) * (k + 1.0));
      int bottom = Math.min(centreRow + k + 1, rows);
      int right = Math.min(centreColumn + k + 1, side);
      for (int row = Math.max(centreRow - k, 0); row < bottom; row++) {
        for (int column = Math.max(centreColumn - k, 0); column < right; column++) {
          pattern[(firstRow + row) * side + column] += height;
        }
      }
    }
    normalise(pattern, firstRow * side, (firstRow + rows) * side);
  }

  private void normalise(double[] pattern, int start, int end) {
    double sum = 0;
    for (int i = start; i < end; i++) {
      sum += norm == Norm.L2 ? pattern[i] * pattern[i] : Math.abs(pattern[i]);
    }
    double length = norm == Norm.L2 ? Math.sqrt(sum) : sum;
    for (int i = start; i < end && length > 0; i++) {
      pattern[i] /= length;
    }
  }
}
