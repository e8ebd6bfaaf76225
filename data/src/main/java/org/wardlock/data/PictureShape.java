package org.wardlock.data;

/**
 * How large a picture is.
 *
 * @param channels values a pixel, 3 for RGB
 * @param height in pixels
 * @param width in pixels
 */
public record PictureShape(int channels, int height, int width) {

  /** Checks that every extent is positive and that a picture fits an array. */
  public PictureShape {
    if (channels < 1 || height < 1 || width < 1) {
      throw new IllegalArgumentException(
          "picture shape: %d x %d x %d (channels x height x width) must be positive"
              .formatted(channels, height, width));
    }
    Math.multiplyExact(Math.multiplyExact(channels, height), width);
  }

  /** The number of values in a picture. */
  public int values() {
    return channels * height * width;
  }

  /** As {@code 3x32x32}. */
  @Override
  public String toString() {
    return channels + "x" + height + "x" + width;
  }
}
