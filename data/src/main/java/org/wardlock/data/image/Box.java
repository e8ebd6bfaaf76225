package org.wardlock.data.image;

/**
 * A rectangle of whole pixels.
 *
 * @param left of its first column, from 0
 * @param top of its first row, from 0
 * @param width in pixels
 * @param height in pixels
 */
public record Box(int left, int top, int width, int height) {

  /** Checks that the rectangle is not empty and starts inside a picture. */
  public Box {
    if (left < 0 || top < 0 || width < 1 || height < 1) {
      throw new IllegalArgumentException(
          "box: %d x %d pixels at (%d, %d) must hold a pixel and start at 0 or above"
              .formatted(width, height, left, top));
    }
  }

  /** All of a picture. */
  public static Box of(Picture picture) {
    return new Box(0, 0, picture.width(), picture.height());
  }

  /**
   * The middle of a larger rectangle, rounded as timm and torchvision round it: halves to the even
   * number.
   */
  public static Box centre(int wholeWidth, int wholeHeight, int width, int height) {
    if (width > wholeWidth || height > wholeHeight) {
      throw new IllegalArgumentException(
          "centre crop: %d x %d pixels do not fit into %d x %d"
              .formatted(width, height, wholeWidth, wholeHeight));
    }
    return new Box(
        (int) Math.rint((wholeWidth - width) / 2.0),
        (int) Math.rint((wholeHeight - height) / 2.0),
        width,
        height);
  }

  /** Whether it lies inside a picture of that size. */
  boolean fits(int pictureWidth, int pictureHeight) {
    return (long) left + width <= pictureWidth && (long) top + height <= pictureHeight;
  }
}
