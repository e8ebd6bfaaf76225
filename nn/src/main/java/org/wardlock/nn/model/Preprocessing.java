package org.wardlock.nn.model;

import org.wardlock.data.Preprocess;
import org.wardlock.data.image.Interpolation;
import org.wardlock.nn.PixelStatistics;

/**
 * What a network expects of its pictures. For evaluation the shorter side is resized to floor(size
 * / crop fraction) with antialiasing, and the middle is cut out.
 *
 * @param imageSize side of the square pictures, pixels
 * @param cropFraction part of the resized picture's side that is kept, in (0, 1]
 * @param interpolation the resizing filter
 * @param statistics what pixels in [0, 1] are normalised by, inside the model
 */
public record Preprocessing(
    int imageSize, double cropFraction, Interpolation interpolation, PixelStatistics statistics) {
  /** Checks the numbers. */
  public Preprocessing {
    if (imageSize < 1) {
      throw new IllegalArgumentException("image size " + imageSize + " must be positive");
    }
    if (!(cropFraction > 0 && cropFraction <= 1)) {
      throw new IllegalArgumentException(
          "crop fraction " + cropFraction + ", expected more than 0 and at most 1");
    }
  }

  /** The part of it that is done to pictures before they are tensors. */
  public Preprocess pictures() {
    return Preprocess.of(imageSize, cropFraction, interpolation);
  }

  /** The same for pictures of another size. */
  public Preprocessing withImageSize(int size) {
    return new Preprocessing(size, cropFraction, interpolation, statistics);
  }

  /** The same with another normalisation. */
  public Preprocessing with(PixelStatistics other) {
    return new Preprocessing(imageSize, cropFraction, interpolation, other);
  }
}
