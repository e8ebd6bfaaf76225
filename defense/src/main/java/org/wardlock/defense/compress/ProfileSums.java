package org.wardlock.defense.compress;

import static org.wardlock.defense.compress.QuantizationTable.SIZE;

import java.util.List;
import org.wardlock.tensor.Tensor;

/** Sums over blocks that profiles are made of, in double. */
final class ProfileSums {
  private final Plane luminance = new Plane();
  private final Plane chrominance = new Plane();

  /** Adds the blocks (rows, 64) of brightness, blue and red difference. */
  void add(List<Tensor> planes) {
    luminance.add(planes.get(0).toFloats());
    chrominance.add(planes.get(1).toFloats());
    chrominance.add(planes.get(2).toFloats());
  }

  CoefficientProfile deviations() {
    return new CoefficientProfile(luminance.deviations(), chrominance.deviations());
  }

  CoefficientProfile rootMeanSquares() {
    return new CoefficientProfile(luminance.rootMeanSquares(), chrominance.rootMeanSquares());
  }

  private static final class Plane {
    private final double[] sums = new double[SIZE];
    private final double[] squares = new double[SIZE];
    private long blocks;

    void add(float... values) {
      for (int i = 0; i < values.length; i++) {
        sums[i % SIZE] += values[i];
        squares[i % SIZE] += (double) values[i] * values[i];
      }
      blocks += values.length / SIZE;
    }

    double[] deviations() {
      requireBlocks(2);
      var deviations = new double[SIZE];
      for (int i = 0; i < SIZE; i++) {
        double spread = squares[i] - sums[i] * sums[i] / blocks;
        deviations[i] = Math.sqrt(Math.max(spread, 0) / (blocks - 1));
      }
      return deviations;
    }

    double[] rootMeanSquares() {
      requireBlocks(1);
      var roots = new double[SIZE];
      for (int i = 0; i < SIZE; i++) {
        roots[i] = Math.sqrt(squares[i] / blocks);
      }
      return roots;
    }

    private void requireBlocks(int least) {
      if (blocks < least) {
        throw new IllegalArgumentException(
            "coefficient profile: found %d blocks; expected pictures with at least %d"
                .formatted(blocks, least));
      }
    }
  }
}
