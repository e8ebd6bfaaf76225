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
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.tensor.Shape;
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
    List<String> order =
        tensors.keySet().stream()
            .sorted(
                Comparator.comparingInt((String name) -> -tensors.get(name).dtype().bytes())
                    .thenComparing(Comparator.naturalOrder()))
            .toList();
    ByteBuffer header = header(order, tensors, metadata);
    DurableFiles.replace(
        file,
        channel -> {
          DurableFiles.writeFully(channel, header);
          for (String name : order) {
            write(channel, tensors.get(name));
          }
        });
  }

  private static ByteBuffer header(
      List<String> order, Map<String, Tensor> tensors, Map<String, String> metadata)
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
      long position = 0;
      for (String name : order) {
        Tensor tensor = tensors.get(name);
        long end = position + bytes(tensor);
        generator.writeObjectFieldStart(name);
        generator.writeStringField("dtype", StoredType.of(tensor.dtype()).name());
        generator.writeFieldName("shape");
        Shape shape = tensor.shape();
        generator.writeArray(shape.toArray(), 0, shape.rank());
        generator.writeFieldName("data_offsets");
        generator.writeArray(new long[] {position, end}, 0, 2);
        generator.writeEndObject();
        position = end;
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

  private static long bytes(Tensor tensor) {
    return tensor.shape().count() * tensor.dtype().bytes();
  }

  private static void write(FileChannel channel, Tensor tensor) throws IOException {
    try (Arena arena = Arena.ofConfined()) {
      long size = bytes(tensor);
      MemorySegment host = arena.allocate(size, Long.BYTES);
      tensor.download(host);
      for (long start = 0; start < size; start += LARGEST_CHUNK) {
        long length = Math.min(LARGEST_CHUNK, size - start);
        DurableFiles.writeFully(channel, host.asSlice(start, length).asByteBuffer());
      }
    }
  }
}
