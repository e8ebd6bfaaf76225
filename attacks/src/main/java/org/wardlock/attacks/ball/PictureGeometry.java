package org.wardlock.attacks.ball;

/** A ball around one picture, on the host, in double. */
sealed interface PictureGeometry permits EuclideanGeometry, ManhattanGeometry {
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
