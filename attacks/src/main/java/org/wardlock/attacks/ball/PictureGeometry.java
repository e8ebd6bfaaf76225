package org.wardlock.attacks.ball;

import org.wardlock.attacks.Norm;
import org.wardlock.attacks.Threat;

/** A ball around one picture, on the host, in double. */
public sealed interface PictureGeometry permits EuclideanGeometry, ManhattanGeometry {
  /**
   * The ball of a threat.
   *
   * @throws IllegalArgumentException for Linf, whose bounds are those of each value: {@link
   *     LinfBounds}
   */
  static PictureGeometry of(Threat threat) {
    return of(threat.norm(), threat.radius().toDouble());
  }

  /**
   * A ball of any radius: what is projected onto it is at most that far away, as computed in
   * double.
   *
   * @param norm L2 or L1
   * @param radius at least 0
   */
  static PictureGeometry of(Norm norm, double radius) {
    return switch (norm) {
      case L2 -> new EuclideanGeometry(radius);
      case L1 -> new ManhattanGeometry(radius);
      case LINF -> throw new IllegalArgumentException("picture geometry: " + Norm.LINF);
    };
  }

  /**
   * Brings a point into ball and [0, 1], in place; a point inside stays as it is.
   *
   * @param clean the centre, in [0, 1]
   */
  void project(float[] clean, float[] point);

  /**
   * Turns normal random numbers into a random point, in place.
   *
   * @param clean the centre, in [0, 1]
   */
  void start(float[] clean, float[] noise);
}
