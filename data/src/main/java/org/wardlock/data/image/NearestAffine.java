package org.wardlock.data.image;

/**
 * Takes each pixel from an affine function of its place, the nearest one, in Pillow's 16.16
 * fixed-point arithmetic; black where that is outside.
 */
final class NearestAffine {
  private static final double ONE = 1 << 16;
  private static final double DIGITS = 1e15;

  private final long stepColumnX;
  private final long stepRowX;
  private final long startX;
  private final long stepColumnY;
  private final long stepRowY;
  private final long startY;

  private NearestAffine(double a, double b, double c, double d, double e, double f) {
    stepColumnX = fixed(a);
    stepRowX = fixed(b);
    startX = fixed(c + a * 0.5 + b * 0.5);
    stepColumnY = fixed(d);
    stepRowY = fixed(e);
    startY = fixed(f + d * 0.5 + e * 0.5);
  }

  private static long fixed(double value) {
    return (long) Math.floor(value * ONE + 0.5);
  }

  /** From (a x + b y + c, d x + e y + f), x and y at the middle of each pixel. */
  static NearestAffine of(double a, double b, double c, double d, double e, double f) {
    return new NearestAffine(a, b, c, d, e, f);
  }

  /** Counter-clockwise around the middle. */
  static NearestAffine rotation(double degrees, int width, int height) {
    double angle = -StrictMath.toRadians(degrees);
    double cos = Math.rint(StrictMath.cos(angle) * DIGITS) / DIGITS;
    double sin = Math.rint(StrictMath.sin(angle) * DIGITS) / DIGITS;
    double x = width / 2.0;
    double y = height / 2.0;
    return of(cos, sin, cos * -x + sin * -y + x, -sin, cos, -sin * -x + cos * -y + y);
  }

  Picture apply(Picture picture) {
    int width = picture.width();
    int height = picture.height();
    byte[] rgb = picture.rgb();
    byte[] out = new byte[rgb.length];
    for (int row = 0; row < height; row++) {
      long x = startX + row * stepRowX;
      long y = startY + row * stepRowY;
      for (int column = 0; column < width; column++) {
        int fromX = (int) (x >> 16);
        int fromY = (int) (y >> 16);
        if (fromX >= 0 && fromX < width && fromY >= 0 && fromY < height) {
          int from = Picture.CHANNELS * (fromY * width + fromX);
          int to = Picture.CHANNELS * (row * width + column);
          System.arraycopy(rgb, from, out, to, Picture.CHANNELS);
        }
        x += stepColumnX;
        y += stepColumnY;
      }
    }
    return new Picture(width, height, out);
  }
}
