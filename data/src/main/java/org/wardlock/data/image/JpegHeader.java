package org.wardlock.data.image;

import java.io.ByteArrayOutputStream;

/**
 * What the segments before a JPEG's first scan say.
 *
 * @param width in pixels
 * @param height in pixels
 * @param precision bits a sample
 * @param colors what the components mean
 * @param pixelData the picture without what programs, not decoders, read: profiles, thumbnails and
 *     comments, any of which may be malformed
 */
record JpegHeader(int width, int height, int precision, JpegColors colors, byte[] pixelData) {
  private static final int START_OF_SCAN = 0xDA;
  private static final int END_OF_IMAGE = 0xD9;
  private static final int APP0 = 0xE0;
  private static final int APP14 = 0xEE;
  private static final int APP15 = 0xEF;
  private static final int COMMENT = 0xFE;

  /**
   * Reads the segments.
   *
   * @throws PictureFormatException if the file ends before its picture does, or is malformed
   */
  static JpegHeader parse(byte[] content) throws PictureFormatException {
    return new Parser(content).parse();
  }

  /** A walk from segment to segment. */
  private static final class Parser {
    private final byte[] content;
    private final ByteArrayOutputStream kept;
    private int at = 2;

    private int width;
    private int height;
    private int precision;
    private int[] componentIds = {};
    private boolean jfif;
    private int adobeTransform = JpegColors.NO_ADOBE_MARKER;

    Parser(byte[] content) {
      this.content = content;
      this.kept = new ByteArrayOutputStream(content.length);
      kept.write(content, 0, 2);
    }

    JpegHeader parse() throws PictureFormatException {
      while (true) {
        int marker = nextMarker();
        if (marker == START_OF_SCAN) {
          break;
        }
        if (marker == END_OF_IMAGE) {
          throw new PictureFormatException("JPEG without a picture: it ends before the first scan");
        }
        segment(marker);
      }
      if (componentIds.length == 0) {
        throw new PictureFormatException("JPEG without a frame header before its first scan");
      }
      requireEnd();
      kept.write(content, at - 2, content.length - at + 2);
      JpegColors colors = JpegColors.of(componentIds, jfif, adobeTransform);
      return new JpegHeader(width, height, precision, colors, kept.toByteArray());
    }

    /** Moves behind the next marker; bytes before it are skipped, as decoders do. */
    private int nextMarker() throws PictureFormatException {
      while (at + 1 < content.length) {
        int code = Byte.toUnsignedInt(content[at + 1]);
        if (content[at] == (byte) 0xFF && code != 0 && code != 0xFF) {
          at += 2;
          return code;
        }
        at++;
      }
      throw truncated();
    }

    private void segment(int marker) throws PictureFormatException {
      if (marker == 0x01 || marker >= 0xD0 && marker <= 0xD8) {
        return; // stands alone
      }
      require(2);
      int length = unsignedShort(at);
      if (length < 2) {
        throw new PictureFormatException(
            "JPEG with a segment of length %d at byte %d; expected at least 2: it is damaged"
                .formatted(length, at));
      }
      require(length);
      boolean forPrograms = marker >= APP0 && marker <= APP15 || marker == COMMENT;
      if (forPrograms) {
        readApplication(marker, length);
      } else {
        kept.write(content, at - 2, length + 2);
      }
      if (isFrame(marker)) {
        readFrame(length);
      }
      at += length;
    }

    private void readApplication(int marker, int length) {
      if (marker == APP0 && length >= 16 && hasText(at + 2, "JFIF\0")) {
        jfif = true;
      }
      if (marker == APP14 && length >= 14 && hasText(at + 2, "Adobe")) {
        adobeTransform = Byte.toUnsignedInt(content[at + 13]);
      }
    }

    private void readFrame(int length) throws PictureFormatException {
      int components = length >= 8 ? Byte.toUnsignedInt(content[at + 7]) : 0;
      if (components == 0 || length != 8 + 3 * components) {
        throw new PictureFormatException(
            "JPEG with a malformed frame header at byte %d: it is damaged".formatted(at));
      }
      precision = Byte.toUnsignedInt(content[at + 2]);
      height = unsignedShort(at + 3);
      width = unsignedShort(at + 5);
      componentIds = new int[components];
      for (int i = 0; i < components; i++) {
        componentIds[i] = Byte.toUnsignedInt(content[at + 8 + 3 * i]);
      }
    }

    /**
     * The pixels' own bytes never look like the end marker, so it tells whether they are all there.
     */
    private void requireEnd() throws PictureFormatException {
      for (int i = at; i + 1 < content.length; i++) {
        if (content[i] == (byte) 0xFF && content[i + 1] == (byte) END_OF_IMAGE) {
          return;
        }
      }
      throw truncated();
    }

    private void require(int bytes) throws PictureFormatException {
      if (at + bytes > content.length) {
        throw truncated();
      }
    }

    private PictureFormatException truncated() {
      return new PictureFormatException(
          "JPEG truncated: %d bytes found, and no end of the picture in them; expected a whole file"
              .formatted(content.length));
    }

    private int unsignedShort(int position) {
      return Byte.toUnsignedInt(content[position]) << 8 | Byte.toUnsignedInt(content[position + 1]);
    }

    private boolean hasText(int position, String text) {
      for (int i = 0; i < text.length(); i++) {
        if (content[position + i] != text.charAt(i)) {
          return false;
        }
      }
      return true;
    }

    /** Frames of all kinds lie between C0 and CF, but for three tables. */
    private static boolean isFrame(int marker) {
      return marker >= 0xC0 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC;
    }
  }
}
