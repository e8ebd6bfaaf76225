package org.wardlock.attacks.ball;

import org.wardlock.attacks.Rational;

/**
 * The floats next to a pixel's bounds, found exactly: adding a radius in floats passes it for many
 * pixels (for 84 of the 512 bounds of 8-bit values at 8/255).
 */
public final class LinfBounds {
  private LinfBounds() {}

  /** The smallest float in [0, 1] that is at most the radius away from a pixel in [0, 1]. */
  public static float low(float pixel, Rational radius) {
    // subtracted from 0, so that no bound is -0
    return 0 - outermost(-pixel, -1, 0, radius);
  }

  /** The largest float in [0, 1] that is at most the radius away from a pixel in [0, 1]. */
  public static float high(float pixel, Rational radius) {
    return outermost(pixel, 0, 1, radius);
  }

  /** The largest float in [least, most] that is at most the radius away. */
  private static float outermost(float pixel, float least, float most, Rational radius) {
    // rounding the sum misses by a float or two at most; the exact comparison corrects that
    float bound = (float) Math.clamp(pixel + radius.toDouble(), (double) least, (double) most);
    while (radius.compareToDistance(pixel, bound) < 0) {
      bound = Math.nextDown(bound);
    }
    while (bound < most && radius.compareToDistance(pixel, Math.nextUp(bound)) >= 0) {
      bound = Math.nextUp(bound);
    }
    return bound == pixel ? pixel : bound;
  }
}
