package org.wardlock.data.source;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.wardlock.data.DataException;

/**
 * A file of unsigned bytes in the format of MNIST (LeCun's IDX), perhaps compressed by gzip.
 *
 * @param path where it was read
 * @param extents of the array, outermost first
 * @param values in row-major order
 */
record IdxFile(Path path, int[] extents, byte[] values) {
  private static final int UNSIGNED_BYTE = 8;

  /**
   * Reads a file of some rank.
   *
   * @param names it may have in the folder, the usual one first
   */
  static IdxFile read(Path folder, List<String> names, int rank) {
    Path path =
        names.stream()
            .flatMap(name -> List.of(name, name + ".gz").stream())
            .map(folder::resolve)
            .filter(Files::exists)
            .findFirst()
            .orElseThrow(
                () ->
                    new DataException(
                        folder.resolve(names.getFirst()), "no such file, nor with .gz"));
    try (InputStream in = open(path)) {
      return read(path, new DataInputStream(in), rank);
    } catch (EOFException e) {
      throw new DataException(path, "ends within its header: truncated, fetch it again", e);
    } catch (IOException e) {
      throw DataException.unreadable(path, e);
    }
  }

  private static InputStream open(Path path) throws IOException {
    var file = new BufferedInputStream(Files.newInputStream(path));
    return path.toString().endsWith(".gz") ? new GZIPInputStream(file) : file;
  }

  private static IdxFile read(Path path, DataInputStream in, int rank) throws IOException {
    int magic = in.readInt();
    int expected = UNSIGNED_BYTE << 8 | rank;
    if (magic != expected) {
      throw new DataException(
          path,
          "starts with %08x; expected %08x, an array of bytes of rank %d"
              .formatted(magic, expected, rank));
    }
    int[] extents = new int[rank];
    long count = 1;
    for (int axis = 0; axis < rank; axis++) {
      extents[axis] = in.readInt();
      count = extents[axis] < 1 || count > Integer.MAX_VALUE ? -1 : count * extents[axis];
    }
    if (count < 1 || count > Integer.MAX_VALUE - 8) {
      throw new DataException(
          path,
          "header says %s values; expected at least one and fewer than 2^31"
              .formatted(Arrays.toString(extents)));
    }
    byte[] values = in.readNBytes((int) count);
    if (values.length != count || in.read() >= 0) {
      throw new DataException(
          path,
          "%s bytes of values found; expected %d as its header says: truncated or oversized, fetch it again"
              .formatted(values.length < count ? values.length : "more than " + count, count));
    }
    return new IdxFile(path, extents, values);
  }
}
