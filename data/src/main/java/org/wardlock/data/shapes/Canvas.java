package org.wardlock.data.shapes;

import org.wardlock.tensor.Philox;

/**
 * A square of pixels to paint on, plane by plane. Edges are smoothed by sixteen samples a pixel.
 */
final class Canvas {
  private static final int SAMPLES = 4;
  private static final int ALL_SAMPLES = SAMPLES * SAMPLES;

  private final int size;
  private final byte[] planes;

  Canvas(int size) {
    this.size = size;
    this.planes = new byte[3 * size * size];
  }

  /** Red, green and blue planes of what was painted. */
  byte[] planes() {
    return planes;
  }

  /** Fills everything with what lies between the colours of four corners. */
  void blend(Rgb topLeft, Rgb topRight, Rgb bottomLeft, Rgb bottomRight) {
    for (int y = 0; y < size; y++) {
      Rgb left = topLeft.towards(bottomLeft, y, size);
      Rgb right = topRight.towards(bottomRight, y, size);
      for (int x = 0; x < size; x++) {
        set(x, y, left.towards(right, x, size));
      }
    }
  }

  /** Changes every value by up to {@code strength}, each of these changes as likely. */
  void addNoise(Philox random, int strength) {
    for (int i = 0; i < planes.length; i++) {
      // a byte of a word is fine enough for a few steps of noise
      int value = random.word(i / Integer.BYTES) >>> (i % Integer.BYTES * Byte.SIZE) & 0xFF;
      int change = (value * (2 * strength + 1) >> Byte.SIZE) - strength;
      planes[i] = (byte) Math.clamp(Byte.toUnsignedInt(planes[i]) + change, 0, 255);
    }
  }

  private void set(int x, int y, Rgb colour) {
    int at = y * size + x;
    planes[at] = (byte) colour.red();
    planes[size * size + at] = (byte) colour.green();
    planes[2 * size * size + at] = (byte) colour.blue();
  }

  private Rgb get(int x, int y) {
    int at = y * size + x;
    return new Rgb(
        Byte.toUnsignedInt(planes[at]),
        Byte.toUnsignedInt(planes[size * size + at]),
        Byte.toUnsignedInt(planes[2 * size * size + at]));
  }

  /** Covers a region with a colour. */
  void paint(Region region, Placement place, Rgb colour) {
    int left = Math.clamp((long) Math.floor(place.x() - place.radius()), 0, size);
    int right = Math.clamp((long) Math.ceil(place.x() + place.radius()), 0, size);
    int top = Math.clamp((long) Math.floor(place.y() - place.radius()), 0, size);
    int bottom = Math.clamp((long) Math.ceil(place.y() + place.radius()), 0, size);
    for (int y = top; y < bottom; y++) {
      for (int x = left; x < right; x++) {
        int covered = coverage(region, place, x, y);
        if (covered > 0) {
          set(x, y, get(x, y).towards(colour, covered, ALL_SAMPLES));
        }
      }
    }
  }

  /** How many of a pixel's samples a region covers. */
  private static int coverage(Region region, Placement place, int x, int y) {
    // no region has parts so small that they show between four corners which agree
    int corners = 0;
    for (int row = 0; row < SAMPLES; row += SAMPLES - 1) {
      for (int column = 0; column < SAMPLES; column += SAMPLES - 1) {
        corners += covers(region, place, x, y, row, column);
      }
    }
    if (corners == 0 || corners == 4) {
      return corners / 4 * ALL_SAMPLES;
    }
    int covered = 0;
    for (int row = 0; row < SAMPLES; row++) {
      for (int column = 0; column < SAMPLES; column++) {
        covered += covers(region, place, x, y, row, column);
      }
    }
    return covered;
  }

  private static int covers(Region region, Placement place, int x, int y, int row, int column) {
    double pointX = x + (column + 0.5) / SAMPLES;
    double pointY = y + (row + 0.5) / SAMPLES;
    return place.covers(region, pointX, pointY) ? 1 : 0;
  }
}
