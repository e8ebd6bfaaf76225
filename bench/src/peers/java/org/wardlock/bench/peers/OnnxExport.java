package org.wardlock.bench.peers;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Body;
import org.wardlock.nn.model.ConvMixer;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.model.ResNet;
import org.wardlock.nn.model.VisionTransformer;
import org.wardlock.nn.model.VisionTransformer.Variant;
import org.wardlock.tensor.Activation;

/** A network's forward pass in evaluation mode, pixels to logits, as a model in ONNX. */
final class OnnxExport {
  /** GELU as one node, or as its formula by the error function, which ORT fuses to its own. */
  private static final String GELU_NODE = "Gelu";

  private static final String GELU_FORMULA = "Erf";
  private static final String RELU = "Relu";

  /** ORT's operator from tokens to heads' outputs; its operator after the projections; neither. */
  private static final String ATTENTION = "Attention";

  private static final String MULTI_HEAD = "MultiHeadAttention";
  private static final String COMPOSED = "composed attention";
  private static final String AND = " and ";

  private final Architecture architecture;
  private final int batch;
  private final String variant;
  private final OnnxGraph graph = new OnnxGraph();
  private final Map<String, Parameter> parameters = new HashMap<>();

  private OnnxExport(Network network, int batch, String variant) {
    architecture = network.architecture();
    this.batch = batch;
    this.variant = variant;
    for (Parameter parameter : network.parameters().all()) {
      parameters.put(parameter.name(), parameter);
    }
  }

  /** The ways to write a model. */
  static List<String> variants(Architecture architecture) {
    return switch (architecture.body()) {
      case ConvMixer.Size size when size.activation() == Activation.RELU -> List.of(RELU);
      case ConvMixer.Size _ -> List.of(GELU_NODE, GELU_FORMULA);
      case VisionTransformer.Size size when size.variant() != Variant.PLAIN ->
          throw unsupported(size);
      case VisionTransformer.Size _ ->
          List.of(
              ATTENTION + AND + GELU_NODE,
              ATTENTION + AND + GELU_FORMULA,
              MULTI_HEAD + AND + GELU_FORMULA,
              COMPOSED + AND + GELU_FORMULA);
      case ResNet.Size size -> throw unsupported(size);
    };
  }

  private static IllegalArgumentException unsupported(Body body) {
    return new IllegalArgumentException(
        body.name() + ": not written for peers; choose a ConvMixer or a plain ViT");
  }

  /** Writes a network for batches of one size. */
  static byte[] model(Network network, int batch, String variant) {
    return new OnnxExport(network, batch, variant).model();
  }

  private byte[] model() {
    String pixels = normalized(architecture.preprocessing().statistics());
    String logits =
        switch (architecture.body()) {
          case ConvMixer.Size size -> convMixer(size, pixels);
          case VisionTransformer.Size size -> transformer(size, pixels);
          case ResNet.Size size -> throw unsupported(size);
        };
    int side = architecture.imageSize();
    return graph.model(
        List.of(batch, 3, side, side), logits, List.of(batch, architecture.classes()));
  }

  private String normalized(PixelStatistics statistics) {
    int channels = statistics.channels();
    float[] scales = new float[channels];
    float[] shifts = new float[channels];
    for (int i = 0; i < channels; i++) {
      scales[i] = (float) (1 / statistics.deviation().get(i));
      shifts[i] = (float) (-statistics.mean().get(i) / statistics.deviation().get(i));
    }
    String scale = graph.floats("scale", List.of(channels, 1, 1), scales);
    String shift = graph.floats("shift", List.of(channels, 1, 1), shifts);
    return add(graph.node("Mul", List.of(OnnxGraph.INPUT, scale)), shift);
  }

  // ---- ConvMixer

  private String convMixer(ConvMixer.Size size, String pixels) {
    String x = norm(activation(convolution(pixels, "stem.0", size.patch(), 1, 0)), "stem.2");
    for (int i = 0; i < size.depth(); i++) {
      String block = "blocks." + i;
      String mixed = convolution(x, block + ".0.fn.0", 1, size.dim(), size.kernel() / 2);
      String joined = add(norm(activation(mixed), block + ".0.fn.2"), x);
      x = norm(activation(convolution(joined, block + ".1", 1, 1, 0)), block + ".3");
    }
    String pooled = graph.node("GlobalAveragePool", List.of(x));
    return head(graph.node("Flatten", List.of(pooled), OnnxAttribute.of("axis", 1)));
  }

  private String convolution(String x, String layer, int stride, int groups, int padding) {
    return graph.node(
        "Conv",
        List.of(x, parameter(layer + ".weight"), parameter(layer + ".bias")),
        OnnxAttribute.of("strides", stride, stride),
        OnnxAttribute.of("group", groups),
        OnnxAttribute.of("pads", padding, padding, padding, padding));
  }

  private String norm(String x, String layer) {
    return graph.node(
        "BatchNormalization",
        List.of(
            x,
            parameter(layer + ".weight"),
            parameter(layer + ".bias"),
            parameter(layer + ".running_mean"),
            parameter(layer + ".running_var")),
        OnnxAttribute.of("epsilon", 1e-5f));
  }

  private String activation(String x) {
    return variant.equals(RELU) ? graph.node("Relu", List.of(x)) : gelu(x);
  }

  // ---- Vision Transformer

  private String transformer(VisionTransformer.Size size, String pixels) {
    int dim = size.dim();
    String patches = convolution(pixels, "patch_embed.proj", size.patch(), 1, 0);
    String planes = reshape(patches, batch, dim, -1);
    String embedded = transpose(planes, 0, 2, 1);
    String shape = graph.integers("class token's shape", batch, 1, dim);
    String first = graph.node("Expand", List.of(parameter("cls_token"), shape));
    String tokens = graph.node("Concat", List.of(first, embedded), OnnxAttribute.of("axis", 1));
    String x = add(tokens, parameter("pos_embed"));
    for (int i = 0; i < size.depth(); i++) {
      String block = "blocks." + i;
      String attended = attention(size, layerNorm(x, block + ".norm1"), block + ".attn");
      x = add(x, linear(attended, block + ".attn.proj"));
      String hidden = gelu(linear(layerNorm(x, block + ".norm2"), block + ".mlp.fc1"));
      x = add(x, linear(hidden, block + ".mlp.fc2"));
    }
    String index = graph.integer("class token", 0);
    String summary = graph.node("Gather", List.of(x, index), OnnxAttribute.of("axis", 1));
    return head(layerNorm(summary, "norm"));
  }

  private String layerNorm(String x, String layer) {
    return graph.node(
        "LayerNormalization",
        List.of(x, parameter(layer + ".weight"), parameter(layer + ".bias")),
        OnnxAttribute.of("axis", -1),
        OnnxAttribute.of("epsilon", 1e-6f));
  }

  private String attention(VisionTransformer.Size size, String x, String layer) {
    if (variant.startsWith(ATTENTION)) {
      return graph.microsoftNode(
          "Attention",
          List.of(x, transposed(layer + ".qkv.weight"), parameter(layer + ".qkv.bias")),
          OnnxAttribute.of("num_heads", size.heads()));
    }
    List<String> projected =
        IntStream.range(0, 3).mapToObj(part -> projected(x, layer + ".qkv", part)).toList();
    if (variant.startsWith(MULTI_HEAD)) {
      return graph.microsoftNode(
          "MultiHeadAttention", projected, OnnxAttribute.of("num_heads", size.heads()));
    }
    int width = size.dim() / size.heads();
    List<String> heads =
        projected.stream().map(part -> reshape(part, batch, -1, size.heads(), width)).toList();
    String query = transpose(heads.get(0), 0, 2, 1, 3);
    String key = transpose(heads.get(1), 0, 2, 3, 1);
    String value = transpose(heads.get(2), 0, 2, 1, 3);
    String scale = graph.scalar(layer + ".scale", (float) (1 / Math.sqrt(width)));
    String scores = graph.node("Mul", List.of(product(query, key), scale));
    String weights = graph.node("Softmax", List.of(scores), OnnxAttribute.of("axis", -1));
    return reshape(transpose(product(weights, value), 0, 2, 1, 3), batch, -1, size.dim());
  }

  /** Queries, keys or values alone: a third of the packed projection. */
  private String projected(String x, String layer, int part) {
    Parameter weight = parameters.get(layer + ".weight");
    int in = weight.shape().extent(1);
    float[] all = weight.tensor().detach().toFloats();
    float[] bias = parameters.get(layer + ".bias").tensor().detach().toFloats();
    float[] columns = new float[in * in];
    float[] shift = new float[in];
    for (int i = 0; i < in; i++) {
      shift[i] = bias[part * in + i];
      for (int j = 0; j < in; j++) {
        columns[j * in + i] = all[(part * in + i) * in + j];
      }
    }
    String name = layer + "." + part;
    String matrix = graph.floats(name + ".weight", List.of(in, in), columns);
    return add(product(x, matrix), graph.floats(name + ".bias", List.of(in), shift));
  }

  // ---- both

  private String linear(String x, String layer) {
    return add(product(x, transposed(layer + ".weight")), parameter(layer + ".bias"));
  }

  private String head(String x) {
    return graph.node(
        "Gemm",
        List.of(x, parameter("head.weight"), parameter("head.bias")),
        OnnxAttribute.of("transB", 1));
  }

  /** ORT fuses the formula where it stands in this order of operations. */
  private String gelu(String x) {
    if (variant.endsWith(GELU_NODE)) {
      return graph.node("Gelu", List.of(x));
    }
    String root = graph.scalar(x + ".root", (float) Math.sqrt(2));
    String one = graph.scalar(x + ".one", 1);
    String half = graph.scalar(x + ".half", 0.5f);
    String error = graph.node("Erf", List.of(graph.node("Div", List.of(x, root))));
    String twice = graph.node("Mul", List.of(x, add(error, one)));
    return graph.node("Mul", List.of(twice, half));
  }

  private String add(String a, String b) {
    return graph.node("Add", List.of(a, b));
  }

  private String product(String a, String b) {
    return graph.node("MatMul", List.of(a, b));
  }

  private String transpose(String x, long... axes) {
    return graph.node("Transpose", List.of(x), OnnxAttribute.of("perm", axes));
  }

  private String reshape(String x, long... shape) {
    return graph.node("Reshape", List.of(x, graph.integers(x + ".shape", shape)));
  }

  private String parameter(String name) {
    Parameter parameter = parameters.get(name);
    List<Integer> shape = IntStream.of(parameter.shape().toArray()).boxed().toList();
    return graph.floats(name, shape, parameter.tensor().detach().toFloats());
  }

  /** A linear layer's weight as (in, out), which needs no transpose when it is multiplied. */
  private String transposed(String name) {
    Parameter parameter = parameters.get(name);
    int out = parameter.shape().extent(0);
    int in = parameter.shape().extent(1);
    float[] values = parameter.tensor().detach().toFloats();
    float[] columns = new float[values.length];
    for (int i = 0; i < out; i++) {
      for (int j = 0; j < in; j++) {
        columns[j * out + i] = values[i * in + j];
      }
    }
    return graph.floats(name + ".transposed", List.of(in, out), columns);
  }
}
