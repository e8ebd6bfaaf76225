package org.wardlock.bench.peers;

import java.nio.ByteBuffer;
import java.util.List;

/** A computation in the format of ONNX, written node by node: onnx.proto's ModelProto. */
final class OnnxGraph {
  /** Operators of Microsoft's that ONNX Runtime has beyond ONNX. */
  static final String MICROSOFT = "com.microsoft";

  static final String INPUT = "pixels";
  static final String OUTPUT = "logits";

  /** The first operator set with Gelu. */
  private static final int OPERATOR_SET = 20;

  private static final int FORMAT_VERSION = 9;
  private static final int FLOAT = 1;
  private static final int INT64 = 7;

  private final ProtobufMessage graph = new ProtobufMessage().put(2, "model");
  private int nodes;

  /** Adds an operation of ONNX's; the name of its only output. */
  String node(String operator, List<String> inputs, ProtobufMessage... attributes) {
    String output = operator + "_" + nodes++;
    add("", operator, inputs, output, attributes);
    return output;
  }

  /** Adds an operation of {@link #MICROSOFT}; the name of its only output. */
  String microsoftNode(String operator, List<String> inputs, ProtobufMessage... attributes) {
    String output = operator + "_" + nodes++;
    add(MICROSOFT, operator, inputs, output, attributes);
    return output;
  }

  private void add(
      String domain,
      String operator,
      List<String> inputs,
      String output,
      ProtobufMessage... attributes) {
    var node = new ProtobufMessage();
    inputs.forEach(input -> node.put(1, input));
    node.put(2, output).put(3, output).put(4, operator);
    for (ProtobufMessage attribute : attributes) {
      node.put(5, attribute);
    }
    graph.put(1, node.put(7, domain));
  }

  /** Adds a constant; its name. */
  String floats(String name, List<Integer> shape, float[] values) {
    ByteBuffer bytes = ProtobufMessage.littleEndian(values.length * Float.BYTES);
    bytes.asFloatBuffer().put(values);
    return constant(name, shape, FLOAT, bytes);
  }

  /** Adds a constant scalar; its name. */
  String scalar(String name, float value) {
    return floats(name, List.of(), new float[] {value});
  }

  /** Adds a constant vector of integers, such as a shape; its name. */
  String integers(String name, long... values) {
    ByteBuffer bytes = ProtobufMessage.littleEndian(values.length * Long.BYTES);
    bytes.asLongBuffer().put(values);
    return constant(name, List.of(values.length), INT64, bytes);
  }

  /** Adds a constant integer without axes, such as an index; its name. */
  String integer(String name, long value) {
    ByteBuffer bytes = ProtobufMessage.littleEndian(Long.BYTES).putLong(value);
    return constant(name, List.of(), INT64, bytes);
  }

  private String constant(String name, List<Integer> shape, int type, ByteBuffer bytes) {
    var tensor = new ProtobufMessage();
    shape.forEach(extent -> tensor.put(1, extent.longValue()));
    graph.put(5, tensor.put(2, type).put(8, name).put(9, bytes.array()));
    return name;
  }

  /** The whole, which takes {@link #INPUT} and gives {@link #OUTPUT}. */
  byte[] model(List<Integer> inputShape, String result, List<Integer> outputShape) {
    add("", "Identity", List.of(result), OUTPUT);
    graph.put(11, described(INPUT, inputShape)).put(12, described(OUTPUT, outputShape));
    return new ProtobufMessage()
        .put(1, FORMAT_VERSION)
        .put(2, "Wardlock")
        .put(7, graph)
        .put(8, operators("", OPERATOR_SET))
        .put(8, operators(MICROSOFT, 1))
        .toBytes();
  }

  private static ProtobufMessage operators(String domain, int version) {
    return new ProtobufMessage().put(1, domain).put(2, version);
  }

  private static ProtobufMessage described(String name, List<Integer> shape) {
    var axes = new ProtobufMessage();
    shape.forEach(extent -> axes.put(1, new ProtobufMessage().put(1, extent.longValue())));
    var tensor = new ProtobufMessage().put(1, FLOAT).put(2, axes);
    return new ProtobufMessage().put(1, name).put(2, new ProtobufMessage().put(1, tensor));
  }
}
