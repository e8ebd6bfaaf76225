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

  /**
   * The old pixels that a new one is mixed of.
   *
   * @param start the first
   * @param weights of it and those behind it; their sum is 1
   */
  public record Sources(int start, double[] weights) {}

  /**
   * What becomes of a line of pixels that is made longer or shorter, as Pillow and PyTorch (with
   * antialiasing) have it: pixel i covers the line from i to i + 1, the filter grows with the
   * pixels where the line shrinks, and ends where the line ends.
   *
   * @param length of the old line, at least 1
   * @param newLength of the new line, at least 1
   * @param position of the new pixel
   */
  public Sources sources(int length, int newLength, int position) {
    double scale = (double) length / newLength;
    // when shrinking, the filter grows to cover every old pixel: that is the antialiasing
    double filterScale = Math.max(scale, 1);
    double reach = support * filterScale;
    double centre = (position + 0.5) * scale;
    int start = Math.max(0, (int) (centre - reach + 0.5));
    double[] weights = new double[Math.min(length, (int) (centre + reach + 0.5)) - start];
    double inverse = 1 / filterScale;
    double sum = 0;
    for (int source = 0; source < weights.length; source++) {
      weights[source] = weight((source + start - centre + 0.5) * inverse);
      sum += weights[source];
    }
    for (int source = 0; sum != 0 && source < weights.length; source++) {
      weights[source] /= sum;
    }
    return new Sources(start, weights);
  }

  /** How many old pixels a new one is mixed of at most. */
  int most(int length, int newLength) {
    return (int) Math.ceil(support * Math.max((double) length / newLength, 1)) * 2 + 1;
  }

  /** The filter's value at a distance from its centre. */
  abstract double weight(double distance);
}
