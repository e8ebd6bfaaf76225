package org.wardlock.attacks.ball;

import org.wardlock.attacks.Norm;

/**
 * The L2 ball: points outside move straight towards the centre, then each value into [0, 1], which
 * only brings it nearer.
 */
record EuclideanGeometry(double radius) implements PictureGeometry {
  @Override
  public void project(float[] clean, float[] point) {
    Segment.shorten(Norm.L2, clean, point, radius);
    for (int i = 0; i < point.length; i++) {
      point[i] = Math.clamp(point[i], 0f, 1f);
    }
  }

  /** A point at the radius in a uniformly random direction, where [0, 1] does not cut it short. */
  @Override
  public void start(float[] clean, float[] noise) {
    double length = Norm.L2.distance(new float[noise.length], noise);
    double scale = length == 0 ? 0 : radius / length;
    for (int i = 0; i < noise.length; i++) {
      noise[i] = (float) (clean[i] + scale * noise[i]);
    }
    project(clean, noise);
  }
}
