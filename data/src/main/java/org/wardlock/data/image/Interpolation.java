package org.wardlock.data.image;

/** The filter by which pictures are resized. */
public enum Interpolation {
  /** A triangle: straight lines between neighbours. */
  BILINEAR(1) {
    @Override
    double weight(double distance) {
      return Math.max(0, 1 - Math.abs(distance));
    }
  },
  /** Keys' cubic convolution with a = -0.5, which overshoots a little at edges. */
  BICUBIC(2) {
    @Override
    double weight(double distance) {
      double x = Math.abs(distance);
      if (x < 1) {
        return ((A + 2) * x - (A + 3)) * x * x + 1;
      }
      return x < 2 ? (((x - 5) * x + 8) * x - 4) * A : 0;
    }
  };

  private static final double A = -0.5;

  private final double support;

  Interpolation(double support) {
    this.support = support;
  }

  /** How far the filter reaches to either side, in pixels of the coarser grid. */
  double support() {
    return support;
  }

  /** The filter's value at a distance from its centre. */
  abstract double weight(double distance);
}
