package org.wardlock.data.image;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;

/** Says in words what a file is that is no picture of ours. */
final class ContentKind {
  private static final int SHOWN_BYTES = 8;
  private static final int EXAMINED_BYTES = 512;

  /** How some formats start. */
  private static final Map<String, String> NAMES =
      Map.of(
          "GIF8", "a GIF",
          "BM", "a BMP",
          "II*\0", "a TIFF",
          "MM\0*", "a TIFF",
          "RIFF", "a WebP or another RIFF file",
          "%PDF", "a PDF",
          "PK\3\4", "a ZIP archive",
          "\u001f\u008b", "a gzip archive");

  private ContentKind() {}

  static String describe(byte[] content) {
    if (content.length == 0) {
      return "an empty file";
    }
    int length = Math.min(content.length, EXAMINED_BYTES);
    String start = new String(content, 0, length, StandardCharsets.ISO_8859_1);
    for (var format : NAMES.entrySet()) {
      if (start.startsWith(format.getKey())) {
        return format.getValue();
      }
    }
    if (start.chars().allMatch(ContentKind::isText)) {
      return "text";
    }
    return "a file that starts with the bytes "
        + HexFormat.ofDelimiter(" ").formatHex(content, 0, Math.min(content.length, SHOWN_BYTES));
  }

  private static boolean isText(int character) {
    return character >= ' ' && character != 0x7F
        || character == '\n'
        || character == '\r'
        || character == '\t';
  }
}
