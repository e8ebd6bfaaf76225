package org.wardlock.data.image;

import java.awt.image.DataBuffer;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes JPEG: ImageIO gives the components as they are stored, the meaning of the components and
 * their way to RGB are our own. So a profile that does not fit the picture, on which ImageIO
 * throws, does no harm, and the colours are those of libjpeg.
 */
final class JpegDecoder {
  private static final Module JDK = ImageIO.class.getModule();

  private JpegDecoder() {}

  static Picture decode(byte[] content) throws PictureFormatException {
    JpegHeader header = JpegHeader.parse(content);
    PictureDecoder.requireSize("JPEG", header.width(), header.height());
    Raster raster = readRaster(header);
    int width = raster.getWidth();
    int height = raster.getHeight();
    if (raster.getNumBands() != header.colors().components()
        || raster.getTransferType() != DataBuffer.TYPE_BYTE) {
      throw new PictureFormatException(
          "JPEG of %d-bit samples; expected 8 bits".formatted(header.precision()));
    }
    byte[] rgb = new byte[Picture.CHANNELS * width * height];
    byte[] row = new byte[raster.getNumBands() * width];
    for (int y = 0; y < height; y++) {
      raster.getDataElements(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      header.colors().toRgb(row, width, rgb, y * Picture.CHANNELS * width);
    }
    return new Picture(width, height, rgb);
  }

  /** The components side by side, by the first reader that can. */
  private static Raster readRaster(JpegHeader header) throws PictureFormatException {
    var failures = new ArrayList<Exception>();
    for (ImageReader reader : readers()) {
      try {
        var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(header.pixelData()));
        reader.setInput(stream, true, true);
        return reader.readRaster(0, reader.getDefaultReadParam());
      } catch (IOException | RuntimeException e) {
        // readers throw almost anything at damaged files
        failures.add(e);
      } finally {
        reader.dispose();
      }
    }
    Exception first = failures.isEmpty() ? new IOException("no reader") : failures.getFirst();
    throw new PictureFormatException(
        "JPEG that cannot be decoded (%s): it is damaged or of a rare kind"
            .formatted(first.getMessage()),
        first);
  }

  /** The JDK's reader, whose arithmetic is libjpeg's, before those of others. */
  private static List<ImageReader> readers() {
    var readers = new ArrayList<ImageReader>();
    ImageIO.getImageReadersByFormatName("jpeg").forEachRemaining(readers::add);
    readers.sort(Comparator.comparing(reader -> reader.getClass().getModule() != JDK));
    return readers;
  }
}
