package org.wardlock.data;

import org.wardlock.data.image.Interpolation;
import org.wardlock.data.image.Picture;
import org.wardlock.data.image.Resize;

/**
 * How a picture of any size becomes one that a model takes, when nothing is left to chance: the
 * shorter side is resized, the middle square cut out. This is timm's evaluation transform without
 * the normalisation, which models do themselves.
 *
 * <p>Data sets whose pictures all have the model's size pass through unchanged; where sizes differ,
 * every picture is resized and cropped, also one that happens to fit.
 *
 * @param imageSize height and width of the result in pixels
 * @param resizeTo the shorter side before the crop, at least {@code imageSize}
 * @param interpolation the filter; it is antialiased
 */
public record Preprocess(int imageSize, int resizeTo, Interpolation interpolation) {

  /** Checks that the crop fits. */
  public Preprocess {
    if (imageSize < 1 || resizeTo < imageSize) {
      throw new IllegalArgumentException(
          "preprocess: shorter side %d must be at least the image size %d, and that 1"
              .formatted(resizeTo, imageSize));
    }
  }

  /**
   * From the fraction of the resized picture that the crop keeps, as timm's {@code crop_pct}: an
   * image size of 224 and a fraction of 0.9 resize to 248.
   *
   * @param cropFraction above 0, at most 1
   */
  public static Preprocess of(int imageSize, double cropFraction, Interpolation interpolation) {
    if (!(cropFraction > 0 && cropFraction <= 1)) {
      throw new IllegalArgumentException(
          "preprocess: crop fraction " + cropFraction + " must be above 0 and at most 1");
    }
    return new Preprocess(imageSize, (int) Math.floor(imageSize / cropFraction), interpolation);
  }

  /** The resized and cropped picture. */
  public Picture apply(Picture picture) {
    return Resize.shorterSideAndCentre(picture, resizeTo, imageSize, interpolation);
  }

  /** What comes out: RGB at the image size. */
  public PictureShape shape() {
    return new PictureShape(Picture.CHANNELS, imageSize, imageSize);
  }
}
