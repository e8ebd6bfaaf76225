package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import org.wardlock.attacks.Rows;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.WriteException;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Pictures as the one tensor of a safetensors file that grows by a batch at a time. Its header
 * speaks of all pictures from the start, so until they are there the name ends in {@code .partial}.
 * How many count is said elsewhere: whatever lies beyond them is cut off.
 */
final class PictureFile implements AutoCloseable {
  private static final String SUFFIX = ".partial";

  private final Path file;
  private final Shape shape;
  private final FileChannel channel;
  private int done;

  private PictureFile(Path file, Shape shape, FileChannel channel, int done) {
    this.file = file;
    this.shape = shape;
    this.channel = channel;
    this.done = done;
  }

  /**
   * Begins a file without any picture.
   *
   * @param file its name in the end
   * @param shape of all pictures, (N, channels, height, width)
   */
  static void begin(Path file, Shape shape, Map<String, String> metadata) throws IOException {
    byte[] header = header(shape, metadata);
    DurableFiles.write(
        partial(file), channel -> DurableFiles.writeFully(channel, ByteBuffer.wrap(header)));
  }

  /**
   * Goes on with a file that was begun with the same shape and metadata.
   *
   * @param done how many pictures count
   * @throws FormatException if the file lacks some of them, or is another's
   */
  static PictureFile open(Path file, Shape shape, Map<String, String> metadata, int done)
      throws IOException {
    byte[] header = header(shape, metadata);
    long length = header.length + done * shape.without(0).count() * Float.BYTES;
    // renamed by the run that was killed, or had ended
    boolean whole = done == shape.extent(0) && !Files.exists(partial(file));
    Path found = whole ? file : partial(file);
    FileChannel channel = open(found, whole);
    try {
      if (channel.size() < length || (whole && channel.size() > length)) {
        String atLeast = whole ? "" : "at least ";
        throw new FormatException(found, channel.size() + " bytes, expected " + atLeast + length);
      }
      requireBegun(found, channel, header);
      if (!whole) {
        channel.truncate(length);
        channel.position(length);
      }
      var pictures = new PictureFile(file, shape, channel, done);
      pictures.publishIfWhole();
      return pictures;
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  private static FileChannel open(Path file, boolean whole) throws IOException {
    try {
      return whole
          ? FileChannel.open(file, StandardOpenOption.READ)
          : FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
    } catch (IOException e) {
      throw new FormatException(file, "cannot be opened: " + DurableFiles.reason(e), e);
    }
  }

  private static void requireBegun(Path file, FileChannel channel, byte[] header)
      throws IOException {
    // of which nothing is to be closed
    byte[] found = Channels.newInputStream(channel).readNBytes(header.length);
    if (!Arrays.equals(header, found)) {
      throw new FormatException(
          file, "begins otherwise than this run's pictures do; it is damaged, or another run's");
    }
  }

  private static byte[] header(Shape shape, Map<String, String> metadata) throws IOException {
    return Safetensors.header(RecordFolder.TENSOR, DType.F32, shape, metadata);
  }

  private static Path partial(Path file) {
    return file.resolveSibling(file.getFileName() + SUFFIX);
  }

  /**
   * Adds a batch and forces it to the disk.
   *
   * @throws IllegalArgumentException if its pictures are of another shape, or too many
   */
  void append(Tensor batch) throws IOException {
    int count = batch.shape().extent(0);
    int missing = shape.extent(0) - done;
    if (!batch.shape().without(0).equals(shape.without(0)) || count > missing) {
      throw new IllegalArgumentException(
          "kept pictures: batch %s does not fit into %s, where %d are missing"
              .formatted(batch.shape(), shape, missing));
    }
    try {
      for (float[] picture : Rows.toHost(batch)) {
        ByteBuffer bytes =
            ByteBuffer.allocate(picture.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(picture);
        DurableFiles.writeFully(channel, bytes);
      }
      channel.force(true);
    } catch (IOException e) {
      throw new WriteException("pictures " + partial(file), e);
    }
    done += count;
  }

  /**
   * Adds all pictures of another file, which are as many as it says, and forces them to the disk.
   *
   * @throws FormatException if that file is damaged, or its pictures are of another shape
   */
  void append(Path other) throws IOException {
    try (Safetensors kept = Safetensors.open(other)) {
      Shape all =
          kept.names().contains(RecordFolder.TENSOR) ? kept.shape(RecordFolder.TENSOR) : Shape.of();
      if (all.rank() != shape.rank()
          || !all.without(0).equals(shape.without(0))
          || all.extent(0) > shape.extent(0) - done) {
        throw new FormatException(
            other, "pictures of shape %s, which do not fit into %s".formatted(all, shape));
      }
      try (FileChannel from = FileChannel.open(other, StandardOpenOption.READ)) {
        long bytes = all.count() * Float.BYTES;
        copy(from, bytes);
      }
      done += all.extent(0);
    }
  }

  private void copy(FileChannel from, long bytes) throws IOException {
    try {
      // they are the end of the file, as it holds nothing else
      long end = from.size();
      for (long left = bytes; left > 0; ) {
        long moved = from.transferTo(end - left, left, channel);
        if (moved <= 0) {
          throw new IOException("what is copied was cut short meanwhile");
        }
        left -= moved;
      }
      channel.force(true);
    } catch (IOException e) {
      throw new WriteException("pictures " + partial(file), e);
    }
  }

  /**
   * Gives the file its name if no picture is missing any more. To be called when it is on the disk
   * that all of them count; a kill before or after leaves a file that can be opened again.
   */
  void publishIfWhole() throws IOException {
    if (done < shape.extent(0) || !Files.exists(partial(file))) {
      return;
    }
    // some systems rename no open file
    channel.close();
    try {
      DurableFiles.rename(partial(file), file);
      DurableFiles.force(file.toAbsolutePath().getParent());
    } catch (IOException e) {
      throw new WriteException("pictures " + file, e);
    }
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
