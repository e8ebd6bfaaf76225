package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums the products of a strip of a plane, one vector wide, and of a gradient, for each tap of a
 * column of taps.
 *
 * <p>The k rows of the gradient that an input row meets stay in registers and move on by one with
 * every row: two loads for k fma. One method for each k because sums must be named locals to stay
 * in registers.
 */
final class CorrelationStrips {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private CorrelationStrips() {}

  /**
   * Correlates a strip.
   *
   * @param xAt where the strip, shifted by the taps' column, begins in the first row of x
   * @param gAt where the strip begins in the first row of g, the first of k / 2 rows of zeros
   * @param lanes sums to add to: tap row ky at {@code lanesAt + ky * lanesStride}
   */
  static void correlate(
      int kernel,
      int height,
      float[] x,
      int xAt,
      int xStride,
      float[] g,
      int gAt,
      int gStride,
      float[] lanes,
      int lanesAt,
      int lanesStride) {
    switch (kernel) {
      case 3 -> correlate3(height, x, xAt, xStride, g, gAt, gStride, lanes, lanesAt, lanesStride);
      case 5 -> correlate5(height, x, xAt, xStride, g, gAt, gStride, lanes, lanesAt, lanesStride);
      case 7 -> correlate7(height, x, xAt, xStride, g, gAt, gStride, lanes, lanesAt, lanesStride);
      case 9 -> correlate9(height, x, xAt, xStride, g, gAt, gStride, lanes, lanesAt, lanesStride);
      default -> throw new IllegalArgumentException("no strip for a filter of side " + kernel);
    }
  }

  private static void correlate3(
      int height,
      float[] x,
      int xAt,
      int xStride,
      float[] g,
      int gAt,
      int gStride,
      float[] lanes,
      int lanesAt,
      int lanesStride) {
    FloatVector sum0 = FloatVector.fromArray(SPECIES, lanes, lanesAt);
    FloatVector sum1 = FloatVector.fromArray(SPECIES, lanes, lanesAt + lanesStride);
    FloatVector sum2 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 2 * lanesStride);
    FloatVector g2 = FloatVector.fromArray(SPECIES, g, gAt);
    FloatVector g1 = FloatVector.fromArray(SPECIES, g, gAt + gStride);
    for (int row = 0; row < height; row++) {
      FloatVector values = FloatVector.fromArray(SPECIES, x, xAt + row * xStride);
      FloatVector g0 = FloatVector.fromArray(SPECIES, g, gAt + (row + 2) * gStride);
      sum0 = values.fma(g0, sum0);
      sum1 = values.fma(g1, sum1);
      sum2 = values.fma(g2, sum2);
      g2 = g1;
      g1 = g0;
    }
    sum0.intoArray(lanes, lanesAt);
    sum1.intoArray(lanes, lanesAt + lanesStride);
    sum2.intoArray(lanes, lanesAt + 2 * lanesStride);
  }

  private static void correlate5(
      int height,
      float[] x,
      int xAt,
      int xStride,
      float[] g,
      int gAt,
      int gStride,
      float[] lanes,
      int lanesAt,
      int lanesStride) {
    FloatVector sum0 = FloatVector.fromArray(SPECIES, lanes, lanesAt);
    FloatVector sum1 = FloatVector.fromArray(SPECIES, lanes, lanesAt + lanesStride);
    FloatVector sum2 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 2 * lanesStride);
    FloatVector sum3 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 3 * lanesStride);
    FloatVector sum4 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 4 * lanesStride);
    FloatVector g4 = FloatVector.fromArray(SPECIES, g, gAt);
    FloatVector g3 = FloatVector.fromArray(SPECIES, g, gAt + gStride);
    FloatVector g2 = FloatVector.fromArray(SPECIES, g, gAt + 2 * gStride);
    FloatVector g1 = FloatVector.fromArray(SPECIES, g, gAt + 3 * gStride);
    for (int row = 0; row < height; row++) {
      FloatVector values = FloatVector.fromArray(SPECIES, x, xAt + row * xStride);
      FloatVector g0 = FloatVector.fromArray(SPECIES, g, gAt + (row + 4) * gStride);
      sum0 = values.fma(g0, sum0);
      sum1 = values.fma(g1, sum1);
      sum2 = values.fma(g2, sum2);
      sum3 = values.fma(g3, sum3);
      sum4 = values.fma(g4, sum4);
      g4 = g3;
      g3 = g2;
      g2 = g1;
      g1 = g0;
    }
    sum0.intoArray(lanes, lanesAt);
    sum1.intoArray(lanes, lanesAt + lanesStride);
    sum2.intoArray(lanes, lanesAt + 2 * lanesStride);
    sum3.intoArray(lanes, lanesAt + 3 * lanesStride);
    sum4.intoArray(lanes, lanesAt + 4 * lanesStride);
  }

  private static void correlate7(
      int height,
      float[] x,
      int xAt,
      int xStride,
      float[] g,
      int gAt,
      int gStride,
      float[] lanes,
      int lanesAt,
      int lanesStride) {
    FloatVector sum0 = FloatVector.fromArray(SPECIES, lanes, lanesAt);
    FloatVector sum1 = FloatVector.fromArray(SPECIES, lanes, lanesAt + lanesStride);
    FloatVector sum2 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 2 * lanesStride);
    FloatVector sum3 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 3 * lanesStride);
    FloatVector sum4 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 4 * lanesStride);
    FloatVector sum5 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 5 * lanesStride);
    FloatVector sum6 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 6 * lanesStride);
    FloatVector g6 = FloatVector.fromArray(SPECIES, g, gAt);
    FloatVector g5 = FloatVector.fromArray(SPECIES, g, gAt + gStride);
    FloatVector g4 = FloatVector.fromArray(SPECIES, g, gAt + 2 * gStride);
    FloatVector g3 = FloatVector.fromArray(SPECIES, g, gAt + 3 * gStride);
    FloatVector g2 = FloatVector.fromArray(SPECIES, g, gAt + 4 * gStride);
    FloatVector g1 = FloatVector.fromArray(SPECIES, g, gAt + 5 * gStride);
    for (int row = 0; row < height; row++) {
      FloatVector values = FloatVector.fromArray(SPECIES, x, xAt + row * xStride);
      FloatVector g0 = FloatVector.fromArray(SPECIES, g, gAt + (row + 6) * gStride);
      sum0 = values.fma(g0, sum0);
      sum1 = values.fma(g1, sum1);
      sum2 = values.fma(g2, sum2);
      sum3 = values.fma(g3, sum3);
      sum4 = values.fma(g4, sum4);
      sum5 = values.fma(g5, sum5);
      sum6 = values.fma(g6, sum6);
      g6 = g5;
      g5 = g4;
      g4 = g3;
      g3 = g2;
      g2 = g1;
      g1 = g0;
    }
    sum0.intoArray(lanes, lanesAt);
    sum1.intoArray(lanes, lanesAt + lanesStride);
    sum2.intoArray(lanes, lanesAt + 2 * lanesStride);
    sum3.intoArray(lanes, lanesAt + 3 * lanesStride);
    sum4.intoArray(lanes, lanesAt + 4 * lanesStride);
    sum5.intoArray(lanes, lanesAt + 5 * lanesStride);
    sum6.intoArray(lanes, lanesAt + 6 * lanesStride);
  }

  private static void correlate9(
      int height,
      float[] x,
      int xAt,
      int xStride,
      float[] g,
      int gAt,
      int gStride,
      float[] lanes,
      int lanesAt,
      int lanesStride) {
    FloatVector sum0 = FloatVector.fromArray(SPECIES, lanes, lanesAt);
    FloatVector sum1 = FloatVector.fromArray(SPECIES, lanes, lanesAt + lanesStride);
    FloatVector sum2 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 2 * lanesStride);
    FloatVector sum3 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 3 * lanesStride);
    FloatVector sum4 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 4 * lanesStride);
    FloatVector sum5 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 5 * lanesStride);
    FloatVector sum6 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 6 * lanesStride);
    FloatVector sum7 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 7 * lanesStride);
    FloatVector sum8 = FloatVector.fromArray(SPECIES, lanes, lanesAt + 8 * lanesStride);
    FloatVector g8 = FloatVector.fromArray(SPECIES, g, gAt);
    FloatVector g7 = FloatVector.fromArray(SPECIES, g, gAt + gStride);
    FloatVector g6 = FloatVector.fromArray(SPECIES, g, gAt + 2 * gStride);
    FloatVector g5 = FloatVector.fromArray(SPECIES, g, gAt + 3 * gStride);
    FloatVector g4 = FloatVector.fromArray(SPECIES, g, gAt + 4 * gStride);
    FloatVector g3 = FloatVector.fromArray(SPECIES, g, gAt + 5 * gStride);
    FloatVector g2 = FloatVector.fromArray(SPECIES, g, gAt + 6 * gStride);
    FloatVector g1 = FloatVector.fromArray(SPECIES, g, gAt + 7 * gStride);
    for (int row = 0; row < height; row++) {
      FloatVector values = FloatVector.fromArray(SPECIES, x, xAt + row * xStride);
      FloatVector g0 = FloatVector.fromArray(SPECIES, g, gAt + (row + 8) * gStride);
      sum0 = values.fma(g0, sum0);
      sum1 = values.fma(g1, sum1);
      sum2 = values.fma(g2, sum2);
      sum3 = values.fma(g3, sum3);
      sum4 = values.fma(g4, sum4);
      sum5 = values.fma(g5, sum5);
      sum6 = values.fma(g6, sum6);
      sum7 = values.fma(g7, sum7);
      sum8 = values.fma(g8, sum8);
      g8 = g7;
      g7 = g6;
      g6 = g5;
      g5 = g4;
      g4 = g3;
      g3 = g2;
      g2 = g1;
      g1 = g0;
    }
    sum0.intoArray(lanes, lanesAt);
    sum1.intoArray(lanes, lanesAt + lanesStride);
    sum2.intoArray(lanes, lanesAt + 2 * lanesStride);
    sum3.intoArray(lanes, lanesAt + 3 * lanesStride);
    sum4.intoArray(lanes, lanesAt + 4 * lanesStride);
    sum5.intoArray(lanes, lanesAt + 5 * lanesStride);
    sum6.intoArray(lanes, lanesAt + 6 * lanesStride);
    sum7.intoArray(lanes, lanesAt + 7 * lanesStride);
    sum8.intoArray(lanes, lanesAt + 8 * lanesStride);
  }
}
