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
      case MAX -> {
        for (int half = COUNT / 2; half > 0; half /= 2) {
          for (int lane = 0; lane < half; lane++) {
            lanes[lane] = Math.max(lanes[lane], lanes[lane + half]);
          }
        }
        yield lanes[0];
      }
      case MIN -> {
        for (int half = COUNT / 2; half > 0; half /= 2) {
          for (int lane = 0; lane < half; lane++) {
            lanes[lane] = Math.min(lanes[lane], lanes[lane + half]);
          }
        }
        yield lanes[0];
      }
    };
  }

  /** The sum of the lanes. */
  static float sum(float[] lanes) {
    for (int half = COUNT / 2; half > 0; half /= 2) {
      for (int lane = 0; lane < half; lane++) {
        lanes[lane] += lanes[lane + half];
      }
    }
    return lanes[0];
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
    return join(ReduceOp.MAX, lanes, length);
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
