package org.wardlock.nn.model;

import org.wardlock.nn.PixelStatistics;

/**
 * What a network expects of its pictures. For evaluation the shorter side is resized to floor(size
 * / crop fraction), bicubic with antialiasing, and the middle is cut out.
 *
 * @param imageSize side of the square pictures, pixels
 * @param cropFraction part of the resized picture's side that is kept, in (0, 1]
 * @param statistics what pixels in [0, 1] are normalised by, inside the model
 */
public record Preprocessing(int imageSize, double cropFraction, PixelStatistics statistics) {
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
}
