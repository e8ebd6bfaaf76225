package org.wardlock.data.image;

/**
 * How the pixels of a line are mixed into those of a longer or shorter line: for each new pixel,
 * where its sources start, how many there are, and their weights as whole numbers in units of
 * {@code 2^-22}. Pillow computes with the same ones, so both give the same bytes.
 *
 * @param starts the first source of each new pixel
 * @param counts how many sources it has
 * @param weights {@code stride} for each new pixel, of which the first {@code count} are used
 * @param stride the distance between two pixels' weights
 */
record ResamplingWeights(int[] starts, int[] counts, int[] weights, int stride) {
  /** 32 bits less 8 for the pixel and 2 for a sum that overshoots. */
  static final int PRECISION_BITS = 32 - 8 - 2;

  /** One half, which makes the final shift round. */
  static final int HALF = 1 << (PRECISION_BITS - 1);

  /**
   * The weights of some new pixels.
   *
   * @param length of the old line
   * @param newLength of the whole new line
   * @param from the first new pixel that is wanted
   * @param wanted how many are
   */
  static ResamplingWeights of(
      int length, int newLength, int from, int wanted, Interpolation interpolation) {
    int stride = interpolation.most(length, newLength);
    int[] starts = new int[wanted];
    int[] counts = new int[wanted];
    int[] weights = new int[Math.multiplyExact(wanted, stride)];
    for (int i = 0; i < wanted; i++) {
      Interpolation.Sources sources = interpolation.sources(length, newLength, from + i);
      starts[i] = sources.start();
      counts[i] = sources.weights().length;
      for (int source = 0; source < counts[i]; source++) {
        weights[i * stride + source] = fixedPoint(sources.weights()[source]);
      }
    }
    return new ResamplingWeights(starts, counts, weights, stride);
  }

  private static int fixedPoint(double weight) {
    double scaled = weight * (1 << PRECISION_BITS);
    return (int) (weight < 0 ? scaled - 0.5 : scaled + 0.5);
  }

  /** A sum of weighted pixels, started at {@link #HALF}, as a pixel. */
  static byte toPixel(int sum) {
    return (byte) Math.clamp(sum >> PRECISION_BITS, 0, 255);
  }
}
