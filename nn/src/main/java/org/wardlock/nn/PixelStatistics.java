package org.wardlock.nn;

import java.util.List;

/**
 * What a network expects its pixels to be normalised by.
 *
 * @param mean per channel, of pixels in [0, 1]
 * @param deviation per channel, positive
 */
public record PixelStatistics(List<Double> mean, List<Double> deviation) {
  /** Of ImageNet's training pictures, as most published weights have them. */
  public static final PixelStatistics IMAGENET =
      new PixelStatistics(List.of(0.485, 0.456, 0.406), List.of(0.229, 0.224, 0.225));

  /** Mean and deviation 1/2: pixels from -1 to 1. */
  public static final PixelStatistics HALF =
      new PixelStatistics(List.of(0.5, 0.5, 0.5), List.of(0.5, 0.5, 0.5));

  /** Mean 0 and deviation 1: pixels as they are. */
  public static final PixelStatistics UNCHANGED =
      new PixelStatistics(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if the lists differ in length or a deviation is not positive
   */
  public PixelStatistics {
    mean = List.copyOf(mean);
    deviation = List.copyOf(deviation);
    if (mean.isEmpty() || mean.size() != deviation.size()) {
      throw new IllegalArgumentException(
          "pixel statistics: "
              + mean.size()
              + " means and "
              + deviation.size()
              + " deviations, expected one of each a channel");
    }
    for (double value : deviation) {
      if (!(value > 0) || Double.isInfinite(value)) {
        throw new IllegalArgumentException(
            "pixel statistics: deviation " + value + ", expected a positive number");
      }
    }
    for (double value : mean) {
      if (!Double.isFinite(value)) {
        throw new IllegalArgumentException("pixel statistics: mean " + value + " is not finite");
      }
    }
  }

  /** How many channels. */
  public int channels() {
    return mean.size();
  }
}
