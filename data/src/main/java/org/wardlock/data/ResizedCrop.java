package org.wardlock.data;

import org.wardlock.data.image.Box;
import org.wardlock.data.image.Interpolation;
import org.wardlock.tensor.Philox;

/**
 * Cuts out a part of random area and aspect ratio and resizes it to the image size: the crop of
 * ImageNet training (Szegedy et al. 2015), as torchvision and timm draw it.
 *
 * @param minArea smallest part of the picture's area
 * @param maxArea largest part
 * @param minRatio smallest width / height
 * @param maxRatio largest; ratios are spread evenly in the logarithm
 * @param interpolation the filter; it is antialiased
 */
public record ResizedCrop(
    double minArea, double maxArea, double minRatio, double maxRatio, Interpolation interpolation)
    implements RandomCrop {
  /** What torchvision and timm do unless told otherwise, with bicubic interpolation. */
  public static final ResizedCrop STANDARD =
      new ResizedCrop(0.08, 1, 3 / 4.0, 4 / 3.0, Interpolation.BICUBIC);

  private static final int TRIES = 10;

  /** Checks that the ranges are in order. */
  public ResizedCrop {
    if (!(0 < minArea && minArea <= maxArea && maxArea <= 1)
        || !(0 < minRatio && minRatio <= maxRatio)) {
      throw new IllegalArgumentException(
          "resized crop: areas %s to %s must lie in (0, 1] and ratios %s to %s above 0, each in order"
              .formatted(minArea, maxArea, minRatio, maxRatio));
    }
  }

  /** The part to cut out of a picture of that size. */
  Box choose(int width, int height, Philox random) {
    double area = (double) width * height;
    double minLog = StrictMath.log(minRatio);
    double maxLog = StrictMath.log(maxRatio);
    for (int attempt = 0; attempt < TRIES; attempt++) {
      // bounded numbers take a block of four words each, uniform ones a word: 16 words an attempt
      int word = 16 * attempt;
      double target = area * between(minArea, maxArea, random.uniform(word));
      double ratio = StrictMath.exp(between(minLog, maxLog, random.uniform(word + 1)));
      int cropWidth = (int) Math.rint(Math.sqrt(target * ratio));
      int cropHeight = (int) Math.rint(Math.sqrt(target / ratio));
      if (cropWidth >= 1 && cropWidth <= width && cropHeight >= 1 && cropHeight <= height) {
        int block = word / 4;
        return new Box(
            random.below(width - cropWidth + 1, block + 1),
            random.below(height - cropHeight + 1, block + 2),
            cropWidth,
            cropHeight);
      }
    }
    return centre(width, height);
  }

  /** As much of the middle as the ratios allow. */
  private Box centre(int width, int height) {
    double ratio = (double) width / height;
    int cropWidth = ratio > maxRatio ? (int) Math.rint(height * maxRatio) : width;
    int cropHeight = ratio < minRatio ? (int) Math.rint(width / minRatio) : height;
    return new Box((width - cropWidth) / 2, (height - cropHeight) / 2, cropWidth, cropHeight);
  }

  private static double between(double low, double high, double fraction) {
    return low + (high - low) * fraction;
  }
}
