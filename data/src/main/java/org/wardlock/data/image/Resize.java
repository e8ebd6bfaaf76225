package org.wardlock.data.image;

/**
 * Resizing with antialiasing, to the same bytes as Pillow's {@code Image.resize} on 8-bit RGB:
 * first every row, then every column, each with a filter that grows with the factor of shrinking,
 * in whole numbers, and rounded and clipped to a byte in between.
 */
public final class Resize {
  private Resize() {}

  /** The whole picture at another size. */
  public static Picture to(Picture picture, int width, int height, Interpolation interpolation) {
    return region(picture, Box.of(picture), width, height, interpolation);
  }

  /**
   * A part of a picture, cut out and then resized: nothing outside the box shines in.
   *
   * @throws IllegalArgumentException if the box leaves the picture
   */
  public static Picture region(
      Picture picture, Box box, int width, int height, Interpolation interpolation) {
    return window(picture, box, width, height, new Box(0, 0, width, height), interpolation);
  }

  /**
   * The picture with its shorter side at a given length, the longer one in proportion, rounded down
   * as torchvision does.
   */
  public static Picture shorterSide(Picture picture, int side, Interpolation interpolation) {
    return to(
        picture,
        scaledWidth(picture.width(), picture.height(), side),
        scaledWidth(picture.height(), picture.width(), side),
        interpolation);
  }

  /**
   * The middle of the picture whose shorter side has been resized: what timm's evaluation does.
   * Only what the crop shows is computed.
   *
   * @param side the shorter side before cropping
   * @param crop width and height of the result, at most {@code side}
   */
  public static Picture shorterSideAndCentre(
      Picture picture, int side, int crop, Interpolation interpolation) {
    int width = scaledWidth(picture.width(), picture.height(), side);
    int height = scaledWidth(picture.height(), picture.width(), side);
    Box window = Box.centre(width, height, crop, crop);
    return window(picture, Box.of(picture), width, height, window, interpolation);
  }

  /** The width that belongs to a shorter side, in a picture of any orientation. */
  private static int scaledWidth(int width, int height, int side) {
    return width <= height ? side : (int) ((long) side * width / height);
  }

  /** What a window on the resized box shows. */
  private static Picture window(
      Picture picture, Box box, int width, int height, Box window, Interpolation interpolation) {
    if (!box.fits(picture.width(), picture.height())) {
      throw new IllegalArgumentException("resize: %s leaves %s".formatted(box, picture));
    }
    byte[] pixels = picture.rgb();
    int stride = Picture.CHANNELS * picture.width();
    int origin = box.top() * stride + Picture.CHANNELS * box.left();
    // as Pillow, a direction whose length stays as it is is not filtered
    if (width != box.width()) {
      pixels =
          ResizePasses.rows(
              pixels,
              origin,
              stride,
              box.height(),
              ResamplingWeights.of(
                  box.width(), width, window.left(), window.width(), interpolation));
    } else {
      pixels =
          ResizePasses.cut(
              pixels,
              origin + Picture.CHANNELS * window.left(),
              stride,
              box.height(),
              window.width());
    }
    int newStride = Picture.CHANNELS * window.width();
    if (height != box.height()) {
      pixels =
          ResizePasses.columns(
              pixels,
              newStride,
              ResamplingWeights.of(
                  box.height(), height, window.top(), window.height(), interpolation));
    } else {
      pixels =
          ResizePasses.cut(
              pixels, newStride * window.top(), newStride, window.height(), window.width());
    }
    return new Picture(window.width(), window.height(), pixels);
  }
}
