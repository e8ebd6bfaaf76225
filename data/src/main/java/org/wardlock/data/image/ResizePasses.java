package org.wardlock.data.image;

import java.util.Arrays;

/** The two passes of a resize over bytes of RGB. */
final class ResizePasses {
  private static final int CHANNELS = Picture.CHANNELS;

  private ResizePasses() {}

  /**
   * Makes every row longer or shorter.
   *
   * @param origin of the first row in the array
   * @param stride from one row to the next
   * @param height how many rows
   */
  static byte[] rows(
      byte[] pixels, int origin, int stride, int height, ResamplingWeights resampling) {
    int width = resampling.starts().length;
    int[] weights = resampling.weights();
    byte[] result = new byte[CHANNELS * width * height];
    int out = 0;
    for (int row = 0; row < height; row++) {
      int rowStart = origin + row * stride;
      for (int column = 0; column < width; column++) {
        int source = rowStart + CHANNELS * resampling.starts()[column];
        int first = column * resampling.stride();
        int last = first + resampling.counts()[column];
        int red = ResamplingWeights.HALF;
        int green = ResamplingWeights.HALF;
        int blue = ResamplingWeights.HALF;
        for (int i = first; i < last; i++, source += CHANNELS) {
          int weight = weights[i];
          red += (pixels[source] & 0xFF) * weight;
          green += (pixels[source + 1] & 0xFF) * weight;
          blue += (pixels[source + 2] & 0xFF) * weight;
        }
        result[out++] = ResamplingWeights.toPixel(red);
        result[out++] = ResamplingWeights.toPixel(green);
        result[out++] = ResamplingWeights.toPixel(blue);
      }
    }
    return result;
  }

  /** Makes every column longer or shorter; a row is {@code stride} bytes. */
  static byte[] columns(byte[] pixels, int stride, ResamplingWeights resampling) {
    int height = resampling.starts().length;
    byte[] result = new byte[stride * height];
    int[] sums = new int[stride];
    for (int row = 0; row < height; row++) {
      Arrays.fill(sums, ResamplingWeights.HALF);
      int first = row * resampling.stride();
      for (int i = 0; i < resampling.counts()[row]; i++) {
        int weight = resampling.weights()[first + i];
        int source = (resampling.starts()[row] + i) * stride;
        for (int x = 0; x < stride; x++) {
          sums[x] += (pixels[source + x] & 0xFF) * weight;
        }
      }
      for (int x = 0; x < stride; x++) {
        result[row * stride + x] = ResamplingWeights.toPixel(sums[x]);
      }
    }
    return result;
  }

  /** Cuts a rectangle out. */
  static byte[] cut(byte[] pixels, int origin, int stride, int height, int width) {
    int newStride = CHANNELS * width;
    byte[] result = new byte[newStride * height];
    for (int row = 0; row < height; row++) {
      System.arraycopy(pixels, origin + row * stride, result, row * newStride, newStride);
    }
    return result;
  }
}
