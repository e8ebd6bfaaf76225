package org.wardlock.bench.peers;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A message in the wire format of protocol buffers, as protobuf.dev/programming-guides/encoding has
 * it: fields one after the other, each with its number and kind. Without generated classes, since
 * ONNX needs a handful of fields only.
 */
final class ProtobufMessage {
  private static final int VARINT = 0;
  private static final int LENGTH_DELIMITED = 2;
  private static final int FIXED_32 = 5;
  private static final int KIND_BITS = 3;
  private static final int GROUP_BITS = 7;
  private static final int GROUP = 1 << GROUP_BITS;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  ProtobufMessage put(int field, long value) {
    key(field, VARINT);
    varint(value);
    return this;
  }

  ProtobufMessage put(int field, float value) {
    key(field, FIXED_32);
    bytes.writeBytes(littleEndian(Float.BYTES).putFloat(value).array());
    return this;
  }

  ProtobufMessage put(int field, String value) {
    return put(field, value.getBytes(StandardCharsets.UTF_8));
  }

  ProtobufMessage put(int field, ProtobufMessage value) {
    return put(field, value.toBytes());
  }

  ProtobufMessage put(int field, byte[] value) {
    key(field, LENGTH_DELIMITED);
    varint(value.length);
    bytes.writeBytes(value);
    return this;
  }

  byte[] toBytes() {
    return bytes.toByteArray();
  }

  /** Room for numbers in the order in which they lie in messages. */
  static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  private void key(int field, int kind) {
    varint((long) field << KIND_BITS | kind);
  }

  /** Seven bits a byte, the lowest first; the eighth says that more follow. */
  private void varint(long value) {
    long rest = value;
    while (Long.compareUnsigned(rest, GROUP) >= 0) {
      bytes.write((int) (rest & (GROUP - 1)) | GROUP);
      rest >>>= GROUP_BITS;
    }
    bytes.write((int) rest);
  }
}
