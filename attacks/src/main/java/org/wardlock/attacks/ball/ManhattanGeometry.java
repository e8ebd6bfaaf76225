package org.wardlock.attacks.ball;

import org.wardlock.attacks.Norm;

/**
 * The L1 ball within [0, 1]: points go to the nearest point of both together, which is not that of
 * the ball and then that of the box (Croce and Hein 2021, "Mind the box").
 *
 * <p>The nearest point shortens every change by one common amount, to no less than 0 and no more
 * than the room there is up to 0 or 1. The amount is found by bisection, to the last bit.
 */
record ManhattanGeometry(double radius) implements PictureGeometry {
  @Override
  public void project(float[] clean, float[] point) {
    int count = point.length;
    double[] change = new double[count];
    double[] room = new double[count];
    boolean inBox = true;
    double longest = 0;
    for (int i = 0; i < count; i++) {
      double signed = (double) point[i] - clean[i];
      change[i] = Math.abs(signed);
      room[i] = signed > 0 ? 1 - (double) clean[i] : clean[i];
      inBox &= change[i] <= room[i];
      longest = Math.max(longest, change[i]);
    }
    if (inBox && Norm.L1.distance(clean, point) <= radius) {
      return;
    }
    double amount = length(change, room, 0) <= radius ? 0 : amount(change, room, longest);
    for (int i = 0; i < count; i++) {
      double left = Math.clamp(change[i] - amount, 0, room[i]);
      point[i] = Segment.towardsClean(clean[i], point[i] < clean[i] ? -left : left);
    }
    Segment.shorten(Norm.L1, clean, point, radius);
  }

  /** How long the change is when every part is shortened by an amount. */
  private static double length(double[] change, double[] room, double amount) {
    double sum = 0;
    for (int i = 0; i < change.length; i++) {
      sum += Math.clamp(change[i] - amount, 0, room[i]);
    }
    return sum;
  }

  /** The amount at which the change is as long as the radius. */
  private double amount(double[] change, double[] room, double longest) {
    double low = 0;
    double high = longest;
    // until no double lies between the two
    for (double middle = high / 2; low < middle && middle < high; middle = low + (high - low) / 2) {
      if (length(change, room, middle) > radius) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return high;
  }

  /** The point nearest to the centre plus the noise. */
  @Override
  public void start(float[] clean, float[] noise) {
    for (int i = 0; i < noise.length; i++) {
      noise[i] += clean[i];
    }
    project(clean, noise);
  }
}
