package org.wardlock.attacks.extraction;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32C;
import org.wardlock.nn.files.DurableFiles;

/**
 * A file that only grows, of records of one length, little end first, each with its checksum. A
 * record that is in it survives whatever ends the process or the machine.
 */
final class RecordLog implements AutoCloseable {
  private static final int CHECKSUM_BYTES = Integer.BYTES;

  private final FileChannel channel;
  private final int bytes;

  private RecordLog(FileChannel channel, int bytes) {
    this.channel = channel;
    this.bytes = bytes;
  }

  /** Takes in a record. */
  @FunctionalInterface
  interface Reader {
    /** Reads what was put, from a buffer that stands at its beginning. */
    void read(ByteBuffer record) throws IOException;
  }

  /** Fills records. */
  @FunctionalInterface
  interface Writer {
    /** Puts as many bytes as a record has. */
    void write(ByteBuffer buffer, int number);
  }

  /**
   * Opens a file, or makes it. What a killed process was about to write is cut off.
   *
   * @param bytes of a record, without its checksum
   * @param reader is told what is whole, in order
   */
  static RecordLog open(Path file, int bytes, Reader reader) throws IOException {
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    try {
      var log = new RecordLog(channel, bytes);
      log.read(reader);
      DurableFiles.force(file.toAbsolutePath().getParent());
      return log;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Adds records; when this returns they are on the disk. */
  void append(int count, Writer writer) throws IOException {
    ByteBuffer buffer = buffer(Math.multiplyExact(count, bytes + CHECKSUM_BYTES));
    for (int number = 0; number < count; number++) {
      int start = buffer.position();
      writer.write(buffer, number);
      buffer.putInt(checksum(buffer, start, start + bytes));
    }
    DurableFiles.writeFully(channel, buffer.flip());
    channel.force(false);
  }

  private void read(Reader reader) throws IOException {
    ByteBuffer buffer = buffer(bytes + CHECKSUM_BYTES);
    long whole = 0;
    while (fill(buffer, whole) && checksum(buffer, 0, bytes) == buffer.getInt(bytes)) {
      reader.read(buffer);
      whole += bytes + CHECKSUM_BYTES;
    }
    channel.truncate(whole);
    channel.position(whole);
  }

  private boolean fill(ByteBuffer buffer, long position) throws IOException {
    buffer.clear();
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, position + buffer.position()) < 0) {
        return false;
      }
    }
    buffer.flip();
    return true;
  }

  private static int checksum(ByteBuffer buffer, int start, int end) {
    var crc = new CRC32C();
    crc.update(buffer.array(), start, end - start);
    return (int) crc.getValue();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
