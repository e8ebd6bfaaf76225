package org.wardlock.data.image;

import java.util.Arrays;

/**
 * Decodes JPEG and PNG, told apart by their content, not by a name. The result is what Pillow's
 * {@code Image.open(file).convert("RGB")} gives: profiles, gamma, transparency and the EXIF
 * orientation are passed over; grey becomes equal parts of red, green and blue.
 *
 * <p>Pillow saturates 16-bit grey at 255, which nobody wants; here its upper byte is taken, as both
 * do with 16-bit colour.
 */
public final class PictureDecoder {
  /** A picture of more pixels is refused before memory is reserved for it. */
  public static final int MAX_PIXELS = 100_000_000;

  private static final byte[] JPEG_START = {(byte) 0xFF, (byte) 0xD8, (byte) 0xFF};
  private static final byte[] PNG_START = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n'};

  private PictureDecoder() {}

  /**
   * Decodes the content of a file.
   *
   * @throws PictureFormatException if it is no JPEG or PNG, truncated, damaged, of a kind that is
   *     not supported, or larger than {@link #MAX_PIXELS}
   */
  public static Picture decode(byte[] content) throws PictureFormatException {
    if (startsWith(content, JPEG_START)) {
      return JpegDecoder.decode(content);
    }
    if (startsWith(content, PNG_START)) {
      return PngDecoder.decode(content);
    }
    throw new PictureFormatException(
        "found " + ContentKind.describe(content) + "; expected a JPEG or PNG picture");
  }

  /** Refuses sizes that no real picture has. */
  static void requireSize(String format, long width, long height) throws PictureFormatException {
    if (width < 1 || height < 1) {
      throw new PictureFormatException(
          "%s of %d x %d pixels; expected at least one pixel".formatted(format, width, height));
    }
    if (width * height > MAX_PIXELS) {
      throw new PictureFormatException(
          "%s of %d x %d pixels; expected at most %d pixels: if it is a real picture, shrink it"
              .formatted(format, width, height, MAX_PIXELS));
    }
  }

  private static boolean startsWith(byte[] content, byte[] start) {
    return content.length >= start.length
        && Arrays.equals(content, 0, start.length, start, 0, start.length);
  }
}
