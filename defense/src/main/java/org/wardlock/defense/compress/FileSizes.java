package org.wardlock.defense.compress;

import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * What tables cost: the mean size of the JPEG files, headers and all, that some pictures become.
 *
 * @param pictures red, green and blue, 8 bits each
 * @param subsampling of colour
 */
public record FileSizes(List<BufferedImage> pictures, Subsampling subsampling)
    implements ToDoubleFunction<JpegTables> {
  private static final int CHANNELS = 3;

  /** Checks that there is a picture. */
  public FileSizes {
    pictures = List.copyOf(pictures);
    if (pictures.isEmpty()) {
      throw new IllegalArgumentException("file sizes: found no picture; expected at least one");
    }
  }

  /**
   * Of a batch as it is stored.
   *
   * @param pixels (N, 3, height, width), unsigned bytes
   */
  public static List<BufferedImage> pictures(byte[] pixels, int height, int width) {
    int plane = height * width;
    var pictures = new ArrayList<BufferedImage>();
    for (int start = 0; start < pixels.length; start += CHANNELS * plane) {
      var picture = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
      for (int i = 0; i < plane; i++) {
        int red = pixels[start + i] & 0xFF;
        int green = pixels[start + plane + i] & 0xFF;
        int blue = pixels[start + 2 * plane + i] & 0xFF;
        picture.setRGB(i % width, i / width, red << 16 | green << 8 | blue);
      }
      pictures.add(picture);
    }
    return pictures;
  }

  /** The mean number of bytes. */
  @Override
  public double applyAsDouble(JpegTables tables) {
    var encoder = new JpegEncoder(tables, subsampling);
    long bytes = 0;
    for (BufferedImage picture : pictures) {
      bytes += encoder.encode(picture).length;
    }
    return (double) bytes / pictures.size();
  }
}
