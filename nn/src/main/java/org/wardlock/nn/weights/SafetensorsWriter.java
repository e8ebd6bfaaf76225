package org.wardlock.nn.weights;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.tensor.Tensor;

/**
 * Writes safetensors files: wide elements first, then by name, so that every tensor is aligned and
 * equal content gives equal bytes.
 */
final class SafetensorsWriter {
  private static final long LARGEST_CHUNK = 1 << 26;
  private static final JsonFactory JSON = new JsonFactory();

  private SafetensorsWriter() {}

  static void replace(Path file, Map<String, Tensor> tensors, Map<String, String> metadata)
      throws IOException {
    List<StoredTensor> order = layout(tensors);
    ByteBuffer header = header(order, metadata);
    DurableFiles.replace(
        file,
        channel -> {
          DurableFiles.writeFully(channel, header);
          for (StoredTensor stored : order) {
            write(channel, tensors.get(stored.name()));
          }
        });
  }

  private static List<StoredTensor> layout(Map<String, Tensor> tensors) {
    List<String> names =
        tensors.keySet().stream()
            .sorted(
                Comparator.comparingInt((String name) -> -tensors.get(name).dtype().bytes())
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    var order = new ArrayList<StoredTensor>();
    long position = 0;
    for (String name : names) {
      Tensor tensor = tensors.get(name);
      StoredTensor stored = StoredTensor.at(position, name, tensor.dtype(), tensor.shape());
      order.add(stored);
      position = stored.end();
    }
    return order;
  }

  /** What stands before the tensors: the header's length and the header. */
  static ByteBuffer header(List<StoredTensor> order, Map<String, String> metadata)
      throws IOException {
    var json = new ByteArrayOutputStream();
    try (JsonGenerator generator = JSON.createGenerator(json)) {
      generator.writeStartObject();
      if (!metadata.isEmpty()) {
        generator.writeObjectFieldStart("__metadata__");
        for (var entry : new TreeMap<>(metadata).entrySet()) {
          generator.writeStringField(entry.getKey(), entry.getValue());
        }
        generator.writeEndObject();
      }
      for (StoredTensor stored : order) {
        write(generator, stored);
      }
      generator.writeEndObject();
    }
    int length = (json.size() + 7) / 8 * 8;
    ByteBuffer buffer = ByteBuffer.allocate(Long.BYTES + length).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putLong(length).put(json.toByteArray());
    while (buffer.hasRemaining()) {
      buffer.put((byte) ' ');
    }
    return buffer.flip();
  }

  private static void write(JsonGenerator generator, StoredTensor stored) throws IOException {
    generator.writeObjectFieldStart(stored.name());
    generator.writeStringField("dtype", stored.type().name());
    generator.writeFieldName("shape");
    generator.writeArray(stored.shape().toArray(), 0, stored.shape().rank());
    generator.writeFieldName("data_offsets");
    generator.writeArray(new long[] {stored.begin(), stored.end()}, 0, 2);
    generator.writeEndObject();
  }

  private static void write(FileChannel channel, Tensor tensor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long size = tensor.shape().count() * tensor.dtype().bytes();
      MemorySegment host = arena.allocate(size, Long.BYTES);
      tensor.download(host);
      for (long start = 0; start < size; start += LARGEST_CHUNK) {
        long length = Math.min(LARGEST_CHUNK, size - start);
        DurableFiles.writeFully(channel, host.asSlice(start, length).asByteBuffer());
      }
    }
  }
}
