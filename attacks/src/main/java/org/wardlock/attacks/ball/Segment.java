package org.wardlock.attacks.ball;

import org.wardlock.attacks.Norm;

/** Points between a clean picture and another one: where the last bit is given away. */
final class Segment {
  private Segment() {}

  /** The float nearest to clean + change that is not farther from clean than that. */
  static float towardsClean(float clean, double change) {
    double exact = clean + change;
    float rounded = (float) exact;
    if (change > 0 && rounded > exact) {
      return Math.nextDown(rounded);
    }
    return change < 0 && rounded < exact ? Math.nextUp(rounded) : rounded;
  }

  /**
   * Moves a point towards the centre, in place, until its distance as computed in double is at most
   * the radius.
   */
  static void shorten(Norm norm, float[] clean, float[] point, double radius) {
    double distance = norm.distance(clean, point);
    if (distance <= radius) {
      return;
    }
    float[] longer = point.clone();
    double scale = radius / distance;
    // once is enough but for the rounding of the sum itself
    for (double spare = 0; norm.distance(clean, point) > radius; spare = 2 * spare + 0x1p-50) {
      for (int i = 0; i < point.length; i++) {
        double change = scale * (1 - spare) * ((double) longer[i] - clean[i]);
        point[i] = towardsClean(clean[i], change);
      }
    }
  }
}
