package org.wardlock.data.shapes;

/**
 * Where a region lies in a picture. All in pixels, rows counted downwards.
 *
 * @param x of the middle
 * @param y of the middle
 * @param radius of the circle around the region
 * @param cosine of the angle it is turned by
 * @param sine of that angle
 */
record Placement(double x, double y, double radius, double cosine, double sine) {

  /** Turned by a part of a full turn. */
  static Placement turned(double x, double y, double radius, double turn) {
    // the same on every machine, which Math.sin need not be
    double angle = 2 * StrictMath.PI * turn;
    return new Placement(x, y, radius, StrictMath.cos(angle), StrictMath.sin(angle));
  }

  /** Whether a point of the picture belongs to the region placed here. */
  boolean covers(Region region, double pointX, double pointY) {
    double right = (pointX - x) / radius;
    double down = (pointY - y) / radius;
    return region.contains(cosine * right + sine * down, cosine * down - sine * right);
  }
}
