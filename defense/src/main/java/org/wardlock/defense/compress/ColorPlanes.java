package org.wardlock.defense.compress;

import org.wardlock.tensor.Tensor;

/**
 * Brightness and two colour differences, each (N, height, width), whole numbers of 0 to 255.
 *
 * <p>The conversions are JFIF's in the fixed-point arithmetic of libjpeg: weights are whole
 * multiples of 2^-16, and every sum stays below 2^24, so float gives an encoder's values exactly.
 */
record ColorPlanes(Tensor luminance, Tensor blue, Tensor red) {
  private static final float ONE = 1 << 16;
  private static final float CENTER = 128;
  private static final float LARGEST = 255;

  /**
   * From pixels.
   *
   * @param pixels (N, 3, height, width), whole numbers of 0 to 255
   */
  static ColorPlanes of(Tensor pixels, Rounding rounding) {
    Tensor r = plane(pixels, 0);
    Tensor g = plane(pixels, 1);
    Tensor b = plane(pixels, 2);
    // libjpeg's offset of the colour differences is one unit less than a half.
    float center = CENTER * ONE - 1;
    return new ColorPlanes(
        rounded(r.multiply(19_595).add(g.multiply(38_470)).add(b.multiply(7_471)), rounding),
        rounded(
            r.multiply(-11_059).add(g.multiply(-21_709)).add(b.affine(32_768, center)), rounding),
        rounded(
            r.affine(32_768, center).add(g.multiply(-27_439)).add(b.multiply(-5_329)), rounding));
  }

  /** To pixels: (N, 3, height, width), whole numbers of 0 to 255. */
  Tensor pixels(Rounding rounding, Clamping clamping) {
    Tensor fromBlue = blue.add(-CENTER);
    Tensor fromRed = red.add(-CENTER);
    return Tensor.concatenate(
        1,
        channel(rounded(fromRed.multiply(91_881), rounding), clamping),
        channel(
            rounded(fromBlue.multiply(-22_554).add(fromRed.multiply(-46_802)), rounding), clamping),
        channel(rounded(fromBlue.multiply(116_130), rounding), clamping));
  }

  private static Tensor plane(Tensor pixels, int channel) {
    int height = pixels.shape().extent(2);
    int width = pixels.shape().extent(3);
    return pixels.slice(1, channel, channel + 1).reshape(pixels.shape().extent(0), height, width);
  }

  private static Tensor rounded(Tensor fixedPoint, Rounding rounding) {
    return Tensor.apply(rounding, fixedPoint.multiply(1 / ONE));
  }

  private Tensor channel(Tensor difference, Clamping clamping) {
    Tensor plane = clamping.apply(luminance.add(difference), 0, LARGEST);
    return plane.reshape(
        plane.shape().extent(0), 1, plane.shape().extent(1), plane.shape().extent(2));
  }
}
