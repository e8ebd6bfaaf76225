package org.wardlock.attacks.decision;

/** Points between a clean picture and another. */
final class Blends {
  private Blends() {}

  /** A share of the straight way from the clean picture: 0 is that, 1 the other one. */
  static float[] straight(float[] clean, float[] far, double share) {
    float[] point = new float[clean.length];
    for (int i = 0; i < point.length; i++) {
      point[i] = (float) ((1 - share) * clean[i] + share * far[i]);
    }
    return point;
  }

  /** The other picture with every value at most so far from the clean one. */
  static float[] within(float[] clean, float[] far, double distance) {
    float[] point = new float[clean.length];
    for (int i = 0; i < point.length; i++) {
      point[i] =
          (float) Math.clamp((double) far[i], (double) clean[i] - distance, clean[i] + distance);
    }
    return point;
  }
}
