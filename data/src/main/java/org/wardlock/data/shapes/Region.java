package org.wardlock.data.shapes;

/** A part of the plane, to be placed and turned in a picture. */
public interface Region {
  /** Whether a point belongs to it; nothing outside the square from -1 to 1 does. */
  boolean contains(double u, double v);
}
