package org.wardlock.nn.weights;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.WriteException;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A safetensors file, as Hugging Face defines the format: eight bytes that hold the header's
 * length, a header in JSON, the tensors. The file is mapped, not read: opening checks the whole
 * header and touches no tensor. Safe for any number of threads until it is closed.
 */
public final class Safetensors implements Weights, AutoCloseable {
  private static final ValueLayout.OfLong LENGTH =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path file;
  private final SafetensorsHeader header;
  private final MemorySegment data;
  private final Arena arena;

  private Safetensors(Path file, SafetensorsHeader header, MemorySegment data, Arena arena) {
    this.file = file;
    this.header = header;
    this.data = data;
    this.arena = arena;
  }

  /**
   * Opens a file.
   *
   * @throws WeightsException if it cannot be read, or its header lies
   */
  public static Safetensors open(Path file) throws WeightsException {
    Arena arena = Arena.ofShared();
    try {
      MemorySegment mapped = map(file, arena);
      int headerBytes = headerBytes(file, mapped);
      MemorySegment data = mapped.asSlice(Long.BYTES + headerBytes);
      byte[] json = mapped.asSlice(Long.BYTES, headerBytes).toArray(ValueLayout.JAVA_BYTE);
      var header = SafetensorsHeader.parse(file.toString(), json, data.byteSize());
      return new Safetensors(file, header, data, arena);
    } catch (WeightsException | RuntimeException | Error e) {
      arena.close();
      throw e;
    }
  }

  private static MemorySegment map(Path file, Arena arena) throws WeightsException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena);
    } catch (IOException e) {
      throw new WeightsException(file.toString(), "cannot be read: " + DurableFiles.reason(e), e);
    }
  }

  private static int headerBytes(Path file, MemorySegment mapped) throws WeightsException {
    long size = mapped.byteSize();
    if (size < Long.BYTES) {
      throw new WeightsException(
          file.toString(), size + " bytes long, expected a safetensors file of 8 bytes or more");
    }
    long length = mapped.get(LENGTH, 0);
    long most = Math.min(size - Long.BYTES, SafetensorsHeader.LARGEST);
    if (length < 0 || length > most) {
      throw new WeightsException(
          file.toString(),
          "the header's length is given as %s bytes, expected at most %d: no safetensors file, or cut short"
              .formatted(Long.toUnsignedString(length), most));
    }
    return (int) length;
  }

  /** The free text the file carries. */
  public Map<String, String> metadata() {
    return Collections.unmodifiableMap(header.metadata());
  }

  @Override
  public String description() {
    return file.toString();
  }

  @Override
  public Set<String> names() {
    return Collections.unmodifiableSet(header.tensors().keySet());
  }

  @Override
  public Shape shape(String name) {
    return find(name).shape();
  }

  /**
   * The type of one tensor's elements, if any tensor can hold such.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  public Optional<DType> dtype(String name) {
    return find(name).type().dtype();
  }

  /**
   * {@inheritDoc}
   *
   * @throws WeightsException if the tensor is of a type that no tensor holds, or the file was cut
   *     short since it was opened
   */
  @Override
  public Tensor tensor(String name, Device device) throws WeightsException {
    StoredTensor stored = find(name);
    DType dtype =
        stored
            .type()
            .dtype()
            .orElseThrow(
                () ->
                    new WeightsException(
                        file.toString(),
                        "tensor %s is of type %s, expected F32, F16, BF16, I64, I32 or U8"
                            .formatted(SafetensorsHeader.shown(name), stored.type())));
    if (stored.shape().count() > Integer.MAX_VALUE) {
      throw new WeightsException(
          file.toString(),
          "tensor %s has %d elements, expected at most %d"
              .formatted(SafetensorsHeader.shown(name), stored.shape().count(), Integer.MAX_VALUE));
    }
    MemorySegment bytes = data.asSlice(stored.begin(), stored.end() - stored.begin());
    try {
      return Tensor.ofSegment(device, dtype, stored.shape(), bytes);
    } catch (InternalError e) {
      // how the JVM reports that a mapped page has no file behind it any more
      throw new WeightsException(
          file.toString(), "the file was cut short while it was being read", e);
    }
  }

  private StoredTensor find(String name) {
    StoredTensor stored = header.tensors().get(name);
    if (stored == null) {
      throw new IllegalArgumentException("weights " + file + ": no tensor named " + name);
    }
    return stored;
  }

  /** Unmaps the file; tensors taken from it stay. */
  @Override
  public void close() {
    arena.close();
  }

  /**
   * Writes tensors to a file that appears, whole, under its name at the end, or not at all.
   *
   * @param metadata free text, by key
   * @throws WriteException if the file cannot be written; one of that name stays as it was
   */
  public static void write(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws WriteException {
    try {
      SafetensorsWriter.replace(file, tensors, metadata);
    } catch (IOException e) {
      throw new WriteException("weights " + file, e);
    }
  }

  /**
   * The bytes before the elements, little-endian and row by row, of a file that holds one tensor:
   * for a tensor that is written piece by piece and never in memory as a whole, so of any size.
   *
   * @param metadata free text, by key
   */
  public static byte[] header(String name, DType dtype, Shape shape, Map<String, String> metadata)
      throws IOException {
    StoredTensor stored = StoredTensor.at(0, name, dtype, shape);
    return SafetensorsWriter.header(List.of(stored), metadata).array();
  }
}
