package org.wardlock.attacks.ball;

import java.util.Arrays;
import org.wardlock.attacks.Norm;

/**
 * The smallest change of a picture that reaches a hyperplane without leaving [0, 1], in closed form
 * (Croce and Hein 2020, FAB): no search stops early, in double.
 */
public final class Hyperplane {
  private Hyperplane() {}

  /**
   * The change d of smallest norm for which weights . d = gap and the picture plus d is within [0,
   * 1]. Values of weight 0 stay. If the hyperplane is out of reach, the corner of [0, 1] that comes
   * nearest to it.
   *
   * @param picture in [0, 1]
   * @param weights the direction of the hyperplane, one a value
   * @param gap what the change has to make up
   */
  public static double[] reach(Norm norm, float[] picture, double[] weights, double gap) {
    int count = picture.length;
    double[] slopes = new double[count];
    double[] rooms = new double[count];
    double reachable = 0;
    for (int i = 0; i < count; i++) {
      slopes[i] = Math.abs(weights[i]);
      rooms[i] = isUp(weights[i], gap) ? 1 - (double) picture[i] : picture[i];
      reachable += slopes[i] * rooms[i];
    }
    double wanted = Math.abs(gap);
    double[] change =
        reachable <= wanted
            ? corner(slopes, rooms)
            : switch (norm) {
              case LINF -> even(slopes, rooms, wanted);
              case L2 -> proportional(slopes, rooms, wanted);
              case L1 -> steepestFirst(slopes, rooms, wanted);
            };
    for (int i = 0; i < count; i++) {
      change[i] = isUp(weights[i], gap) ? change[i] : -change[i];
    }
    return change;
  }

  private static boolean isUp(double weight, double gap) {
    return weight > 0 == gap > 0;
  }

  private static double[] corner(double[] slopes, double[] rooms) {
    double[] change = new double[slopes.length];
    Arrays.setAll(change, i -> slopes[i] > 0 ? rooms[i] : 0);
    return change;
  }

  /**
   * Every value moves by one amount, or to the end of its room. What the moves make up is a concave
   * function of the amount, so Newton's method climbs to it from 0 and ends where no more rooms
   * end.
   */
  private static double[] even(double[] slopes, double[] rooms, double wanted) {
    double amount = 0;
    while (true) {
      double full = 0;
      double slope = 0;
      for (int i = 0; i < slopes.length; i++) {
        if (rooms[i] > amount) {
          slope += slopes[i];
        } else {
          full += slopes[i] * rooms[i];
        }
      }
      double next = slope > 0 ? (wanted - full) / slope : amount;
      if (next <= amount) {
        break;
      }
      amount = next;
    }
    double[] change = new double[slopes.length];
    for (int i = 0; i < change.length; i++) {
      change[i] = slopes[i] > 0 ? Math.min(amount, rooms[i]) : 0;
    }
    return change;
  }

  /** Every value moves in proportion to its weight, or to the end of its room; likewise. */
  private static double[] proportional(double[] slopes, double[] rooms, double wanted) {
    double amount = 0;
    while (true) {
      double full = 0;
      double slope = 0;
      for (int i = 0; i < slopes.length; i++) {
        if (rooms[i] > amount * slopes[i]) {
          slope += slopes[i] * slopes[i];
        } else {
          full += slopes[i] * rooms[i];
        }
      }
      double next = slope > 0 ? (wanted - full) / slope : amount;
      if (next <= amount) {
        break;
      }
      amount = next;
    }
    double[] change = new double[slopes.length];
    for (int i = 0; i < change.length; i++) {
      change[i] = Math.min(amount * slopes[i], rooms[i]);
    }
    return change;
  }

  /** Values of the largest weight use up their rooms first, the earlier first among equals. */
  private static double[] steepestFirst(double[] slopes, double[] rooms, double wanted) {
    double[] change = new double[slopes.length];
    long[] order = new long[slopes.length];
    for (int i = 0; i < order.length; i++) {
      // bits of positive floats are ordered as they are
      order[i] = (long) Float.floatToIntBits((float) slopes[i]) << 32 | order.length - i;
    }
    Arrays.sort(order);
    double left = wanted;
    for (int k = order.length - 1; k >= 0 && left > 0; k--) {
      int i = order.length - (int) order[k];
      if (slopes[i] > 0) {
        change[i] = Math.min(rooms[i], left / slopes[i]);
        left -= change[i] * slopes[i];
      }
    }
    return change;
  }
}
