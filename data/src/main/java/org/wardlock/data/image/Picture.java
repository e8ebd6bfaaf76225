package org.wardlock.data.image;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/**
 * A decoded picture: 8-bit RGB in the sRGB sense (no profile is applied), row by row, the three
 * values of a pixel side by side.
 *
 * @param width in pixels
 * @param height in pixels
 * @param rgb {@code 3 * width * height} unsigned bytes; the picture owns the array, nobody changes
 *     it
 */
public record Picture(int width, int height, byte[] rgb) {
  /** Red, green, blue. */
  public static final int CHANNELS = 3;

  /** Checks that the array fits the size. */
  public Picture {
    if (width < 1 || height < 1 || (long) CHANNELS * width * height != rgb.length) {
      throw new IllegalArgumentException(
          "picture: %d x %d pixels (width x height) do not fit %d bytes; expected 3 bytes a pixel"
              .formatted(width, height, rgb.length));
    }
  }

  /** The picture made of three planes: all red values, all green, all blue, each row by row. */
  public static Picture ofPlanes(int width, int height, byte[] planes, int offset) {
    int plane = width * height;
    byte[] rgb = new byte[CHANNELS * plane];
    for (int pixel = 0; pixel < plane; pixel++) {
      rgb[CHANNELS * pixel] = planes[offset + pixel];
      rgb[CHANNELS * pixel + 1] = planes[offset + plane + pixel];
      rgb[CHANNELS * pixel + 2] = planes[offset + 2 * plane + pixel];
    }
    return new Picture(width, height, rgb);
  }

  /** The pixels of an image as they are stored; its colour space is passed over. */
  public static Picture of(BufferedImage image) {
    return BufferedPixels.toPicture(image);
  }

  /** Writes all red values, then all green, then all blue, each row by row, into an array. */
  public void copyPlanes(byte[] target, int offset) {
    int plane = width * height;
    for (int pixel = 0; pixel < plane; pixel++) {
      target[offset + pixel] = rgb[CHANNELS * pixel];
      target[offset + plane + pixel] = rgb[CHANNELS * pixel + 1];
      target[offset + 2 * plane + pixel] = rgb[CHANNELS * pixel + 2];
    }
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Picture picture
        && width == picture.width
        && height == picture.height
        && Arrays.equals(rgb, picture.rgb);
  }

  @Override
  public int hashCode() {
    return 31 * (31 * width + height) + Arrays.hashCode(rgb);
  }

  /** The size, not the pixels. */
  @Override
  public String toString() {
    return "Picture[" + width + "x" + height + "]";
  }
}
