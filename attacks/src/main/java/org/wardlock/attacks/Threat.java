package org.wardlock.attacks;

/**
 * What an attacker may do to a picture: change it by at most a radius in a norm, and leave every
 * value in [0, 1].
 *
 * @param radius at least 0, in units of the pixel range: 8/255 is eight steps of an 8-bit picture
 */
public record Threat(Norm norm, Rational radius) {
  /** Checks the radius. */
  public Threat {
    if (radius.compareTo(Rational.ZERO) < 0) {
      throw new IllegalArgumentException("threat " + norm + " " + radius + ": negative radius");
    }
  }

  /** Every value changes by at most the radius. */
  public static Threat linf(Rational radius) {
    return new Threat(Norm.LINF, radius);
  }

  /** The Euclidean norm of the change is at most the radius. */
  public static Threat l2(Rational radius) {
    return new Threat(Norm.L2, radius);
  }

  /** The magnitudes of all changes add up to at most the radius. */
  public static Threat l1(Rational radius) {
    return new Threat(Norm.L1, radius);
  }

  /**
   * Whether a picture is one that the attacker may show: in [0, 1] and in the ball around the clean
   * one. Exact for Linf, without any tolerance; for L2 and L1 the norm is accumulated in double and
   * compared with the double nearest to the radius.
   */
  public boolean permits(float[] clean, float[] picture) {
    for (float value : picture) {
      // written so that NaN fails
      if (!(value >= 0 && value <= 1)) {
        return false;
      }
    }
    if (norm != Norm.LINF) {
      return norm.distance(clean, picture) <= radius.toDouble();
    }
    for (int i = 0; i < clean.length; i++) {
      if (radius.compareToDistance(clean[i], picture[i]) < 0) {
        return false;
      }
    }
    return true;
  }

  /** Such as {@code linf 8/255}. */
  @Override
  public String toString() {
    return norm + " " + radius;
  }
}
