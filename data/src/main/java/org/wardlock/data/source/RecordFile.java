package org.wardlock.data.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wardlock.data.DataException;

/**
 * A binary file of records of one length, in memory.
 *
 * @param path where it was read
 * @param content all of it
 * @param recordLength in bytes
 */
record RecordFile(Path path, byte[] content, int recordLength) {

  /**
   * Reads a file whose size must be a multiple of the record's length.
   *
   * @param officialRecords how many records the file of this name usually holds, for the message
   */
  static RecordFile read(Path path, int recordLength, int officialRecords) {
    try {
      long size = Files.size(path);
      if (size == 0 || size % recordLength != 0 || size > Integer.MAX_VALUE - 8) {
        throw new DataException(
            path,
            "%d bytes found; expected a multiple of %d bytes a record (%d in the official file): truncated or oversized, fetch it again"
                .formatted(size, recordLength, (long) recordLength * officialRecords));
      }
      return new RecordFile(path, Files.readAllBytes(path), recordLength);
    } catch (IOException e) {
      throw DataException.unreadable(path, e);
    }
  }

  int records() {
    return content.length / recordLength;
  }

  int unsignedByte(int record, int position) {
    return Byte.toUnsignedInt(content[record * recordLength + position]);
  }

  void copy(int record, int position, byte[] target, int offset, int length) {
    System.arraycopy(content, record * recordLength + position, target, offset, length);
  }
}
