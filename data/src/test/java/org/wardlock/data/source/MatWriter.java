package org.wardlock.data.source;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.zip.DeflaterOutputStream;

/** Writes what {@link MatFile} reads, compressed, with long and short tags. */
final class MatWriter {
  private MatWriter() {}

  /** A file like ImageNet's {@code meta.mat}, with one inner node more. */
  static byte[] synsets(Map<Integer, String> ids) {
    var fields = new ByteArrayOutputStream();
    ids.forEach((number, id) -> writeSynset(fields, number, id, 0));
    writeSynset(fields, 1001, "n00001740", 3);
    byte[] names = new byte[3 * 32];
    int start = 0;
    for (String name : new String[] {"ILSVRC2012_ID", "WNID", "num_children"}) {
      System.arraycopy(name.getBytes(StandardCharsets.US_ASCII), 0, names, start, name.length());
      start += 32;
    }
    byte[] struct =
        matrix(
            2,
            new int[] {ids.size() + 1, 1},
            "synsets",
            shortElement(5, integers(32)),
            element(1, names),
            fields.toByteArray());
    byte[] compressed = deflate(struct);
    byte[] header = new byte[128];
    header[124] = 0;
    header[125] = 1;
    header[126] = 'I';
    header[127] = 'M';
    return join(header, integers(15, compressed.length), compressed);
  }

  private static void writeSynset(ByteArrayOutputStream out, int number, String id, int children) {
    int[] scalar = {1, 1};
    out.writeBytes(
        matrix(6, scalar, "", shortElement(4, new byte[] {(byte) number, (byte) (number >> 8)})));
    byte[] text = id.getBytes(StandardCharsets.UTF_16LE);
    out.writeBytes(matrix(4, new int[] {1, id.length()}, "", element(4, text)));
    out.writeBytes(matrix(6, scalar, "", shortElement(2, new byte[] {(byte) children})));
  }

  private static byte[] matrix(int matrixClass, int[] extents, String name, byte[]... content) {
    return element(
        14,
        join(
            element(6, integers(matrixClass, 0)),
            element(5, integers(extents)),
            element(1, name.getBytes(StandardCharsets.US_ASCII)),
            join(content)));
  }

  private static byte[] element(int type, byte[] data) {
    byte[] padding = new byte[Math.floorMod(-data.length, 8)];
    return join(integers(type, data.length), data, padding);
  }

  /** Data of at most four bytes within the tag. */
  private static byte[] shortElement(int type, byte[] data) {
    return join(integers(data.length << 16 | type), data, new byte[4 - data.length]);
  }

  private static byte[] integers(int... values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    buffer.asIntBuffer().put(values);
    return buffer.array();
  }

  private static byte[] join(byte[]... parts) {
    var out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static byte[] deflate(byte[] content) {
    var out = new ByteArrayOutputStream();
    try (var deflater = new DeflaterOutputStream(out)) {
      deflater.write(content);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
