package org.wardlock.bench.peers;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Numbers on their way from one process to another. */
final class FloatFile {
  private FloatFile() {}

  static void write(Path file, float[] values) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(Math.multiplyExact(values.length, Float.BYTES));
    bytes.asFloatBuffer().put(values);
    Files.write(file, bytes.array());
  }

  static float[] read(Path file) throws IOException {
    var floats = ByteBuffer.wrap(Files.readAllBytes(file)).asFloatBuffer();
    float[] values = new float[floats.remaining()];
    floats.get(values);
    return values;
  }
}
