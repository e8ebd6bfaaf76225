package org.wardlock.bench.peers;

/** Makes attributes of nodes: onnx.proto's AttributeProto. */
final class OnnxAttribute {
  private static final int NAME = 1;
  private static final int FLOAT = 2;
  private static final int INT = 3;
  private static final int INTS = 8;
  private static final int TYPE = 20;
  private static final int TYPE_FLOAT = 1;
  private static final int TYPE_INT = 2;
  private static final int TYPE_INTS = 7;

  private OnnxAttribute() {}

  static ProtobufMessage of(String name, long value) {
    return new ProtobufMessage().put(NAME, name).put(TYPE, TYPE_INT).put(INT, value);
  }

  static ProtobufMessage of(String name, float value) {
    return new ProtobufMessage().put(NAME, name).put(TYPE, TYPE_FLOAT).put(FLOAT, value);
  }

  static ProtobufMessage of(String name, long... values) {
    var attribute = new ProtobufMessage().put(NAME, name).put(TYPE, TYPE_INTS);
    for (long value : values) {
      attribute.put(INTS, value);
    }
    return attribute;
  }
}
