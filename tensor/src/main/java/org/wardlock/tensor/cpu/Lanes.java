package org.wardlock.tensor.cpu;

import java.util.Arrays;
import org.wardlock.tensor.spi.ReduceOp;

/** The 16 lanes of a reduction: how they begin, and the tree that makes them one. */
final class Lanes {
  private static final int COUNT = LaneKernel.LANES;

  private Lanes() {}

  /** What each lane begins with: what changes nothing. */
  static float start(ReduceOp op) {
    return switch (op) {
      case SUM, MEAN -> 0f;
      case MAX -> Float.NEGATIVE_INFINITY;
      case MIN -> Float.POSITIVE_INFINITY;
    };
  }

  /** Takes a row into the lanes. */
  static void take(
      LaneKernel kernel, ReduceOp op, float[] x, int at, int length, float[] lanes, int phase) {
    switch (op) {
      case SUM, MEAN -> kernel.sum(x, at, length, lanes, phase);
      case MAX -> kernel.max(x, at, length, lanes, phase);
      case MIN -> kernel.min(x, at, length, lanes, phase);
    }
  }

  /**
   * Joins the lanes (l, l+8), (l, l+4), (l, l+2), (l, l+1).
   *
   * @param count values taken in, by which a mean divides
   */
  static float join(ReduceOp op, float[] lanes, int count) {
    return switch (op) {
      case SUM -> sum(lanes);
      case MEAN -> sum(lanes) / count;
      case MAX -> max(lanes);
      case MIN -> min(lanes);
    };
  }

  private static float max(float[] lanes) {
    float max0 = Math.max(Math.max(lanes[0], lanes[8]), Math.max(lanes[4], lanes[12]));
    float max1 = Math.max(Math.max(lanes[1], lanes[9]), Math.max(lanes[5], lanes[13]));
    float max2 = Math.max(Math.max(lanes[2], lanes[10]), Math.max(lanes[6], lanes[14]));
    float max3 = Math.max(Math.max(lanes[3], lanes[11]), Math.max(lanes[7], lanes[15]));
    return Math.max(Math.max(max0, max2), Math.max(max1, max3));
  }

  private static float min(float[] lanes) {
    float min0 = Math.min(Math.min(lanes[0], lanes[8]), Math.min(lanes[4], lanes[12]));
    float min1 = Math.min(Math.min(lanes[1], lanes[9]), Math.min(lanes[5], lanes[13]));
    float min2 = Math.min(Math.min(lanes[2], lanes[10]), Math.min(lanes[6], lanes[14]));
    float min3 = Math.min(Math.min(lanes[3], lanes[11]), Math.min(lanes[7], lanes[15]));
    return Math.min(Math.min(min0, min2), Math.min(min1, min3));
  }

  /** The sum of the lanes. */
  static float sum(float[] lanes) {
    // Straight down: as loops over the array this took longer than a row of 192 values.
    float sum0 = (lanes[0] + lanes[8]) + (lanes[4] + lanes[12]);
    float sum1 = (lanes[1] + lanes[9]) + (lanes[5] + lanes[13]);
    float sum2 = (lanes[2] + lanes[10]) + (lanes[6] + lanes[14]);
    float sum3 = (lanes[3] + lanes[11]) + (lanes[7] + lanes[15]);
    return (sum0 + sum2) + (sum1 + sum3);
  }

  /** The sum of a row. */
  static float sum(LaneKernel kernel, float[] x, int at, int length, float[] lanes) {
    Arrays.fill(lanes, 0, COUNT, 0f);
    kernel.sum(x, at, length, lanes, 0);
    return sum(lanes);
  }

  /** The largest value of a row. */
  static float max(LaneKernel kernel, float[] x, int at, int length, float[] lanes) {
    Arrays.fill(lanes, 0, COUNT, Float.NEGATIVE_INFINITY);
    kernel.max(x, at, length, lanes, 0);
    return max(lanes);
  }

  /** The sum of the products of two rows. */
  static float product(
      LaneKernel kernel, float[] x, int at, float[] y, int yAt, int length, float[] lanes) {
    Arrays.fill(lanes, 0, COUNT, 0f);
    kernel.sumProducts(x, at, y, yAt, length, lanes, 0);
    return sum(lanes);
  }

  /** The sum of squared distances of a row's values to a center. */
  static float squares(
      LaneKernel kernel, float[] x, int at, float center, int length, float[] lanes) {
    Arrays.fill(lanes, 0, COUNT, 0f);
    kernel.sumSquares(x, at, center, length, lanes, 0);
    return sum(lanes);
  }

  /** The sum of the products of {@code x - center} and y. */
  static float centered(
      LaneKernel kernel,
      float[] x,
      int at,
      float center,
      float[] y,
      int yAt,
      int length,
      float[] lanes) {
    Arrays.fill(lanes, 0, COUNT, 0f);
    kernel.sumCentered(x, at, center, y, yAt, length, lanes, 0);
    return sum(lanes);
  }
}
