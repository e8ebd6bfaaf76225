package org.wardlock.data.image;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * The pixels of a {@link BufferedImage} as they are stored: no profile, no gamma, no transparency.
 * ({@link BufferedImage#getRGB} would change grey values: it takes them for linear light.)
 */
final class BufferedPixels {
  private BufferedPixels() {}

  static Picture toPicture(BufferedImage image) {
    int width = image.getWidth();
    int height = image.getHeight();
    byte[] rgb = new byte[Math.multiplyExact(Picture.CHANNELS * width, height)];
    Raster raster = image.getRaster();
    int bands = raster.getNumBands();
    int[] samples = new int[bands * width];
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, samples);
      int out = y * Picture.CHANNELS * width;
      if (image.getColorModel() instanceof IndexColorModel palette) {
        lookUp(samples, palette, rgb, out);
      } else {
        toBytes(samples, bands, raster, rgb, out);
      }
    }
    return new Picture(width, height, rgb);
  }

  private static void lookUp(int[] samples, IndexColorModel palette, byte[] rgb, int offset) {
    int out = offset;
    for (int sample : samples) {
      rgb[out++] = (byte) palette.getRed(sample);
      rgb[out++] = (byte) palette.getGreen(sample);
      rgb[out++] = (byte) palette.getBlue(sample);
    }
  }

  /** One or two bands are grey, perhaps with transparency, three or four red, green and blue. */
  private static void toBytes(int[] samples, int bands, Raster raster, byte[] rgb, int offset) {
    int pixels = samples.length / bands;
    for (int channel = 0; channel < Picture.CHANNELS; channel++) {
      int band = bands < Picture.CHANNELS ? 0 : channel;
      int bits = raster.getSampleModel().getSampleSize(band);
      for (int pixel = 0; pixel < pixels; pixel++) {
        rgb[offset + Picture.CHANNELS * pixel + channel] =
            toByte(samples[bands * pixel + band], bits);
      }
    }
  }

  private static byte toByte(int sample, int bits) {
    return (byte)
        (bits >= Byte.SIZE ? sample >> bits - Byte.SIZE : sample * 255 / ((1 << bits) - 1));
  }
}
