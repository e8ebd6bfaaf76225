package org.wardlock.data.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes PNG of every colour type and depth. */
final class PngDecoder {
  private static final int SIGNATURE_LENGTH = 8;

  private PngDecoder() {}

  static Picture decode(byte[] content) throws PictureFormatException {
    checkHeader(content);
    ImageReader reader = ImageIO.getImageReadersByFormatName("png").next();
    try {
      var stream = new MemoryCacheImageInputStream(new ByteArrayInputStream(content));
      reader.setInput(stream, true, true);
      BufferedImage image = reader.read(0);
      return BufferedPixels.toPicture(image);
    } catch (IOException | RuntimeException e) {
      throw new PictureFormatException(
          "PNG of %d bytes that cannot be decoded (%s): it is truncated or damaged"
              .formatted(content.length, e.getMessage()),
          e);
    } finally {
      reader.dispose();
    }
  }

  /** The size stands in the first chunk. */
  private static void checkHeader(byte[] content) throws PictureFormatException {
    try (var in = new DataInputStream(new ByteArrayInputStream(content))) {
      in.skipNBytes(SIGNATURE_LENGTH + 2L * Integer.BYTES);
      long width = Integer.toUnsignedLong(in.readInt());
      long height = Integer.toUnsignedLong(in.readInt());
      PictureDecoder.requireSize("PNG", width, height);
    } catch (PictureFormatException e) {
      throw e;
    } catch (IOException e) {
      throw new PictureFormatException(
          "PNG truncated: %d bytes found, which hold no header".formatted(content.length), e);
    }
  }
}
