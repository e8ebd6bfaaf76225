package org.wardlock.bench.peers;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.model.Body;
import org.wardlock.nn.model.ConvMixer;
import org.wardlock.nn.model.ResNet;
import org.wardlock.nn.model.VisionTransformer;
import org.wardlock.nn.model.VisionTransformer.Variant;

/**
 * What a row computes, as a function in TorchScript: of pictures x, labels y, parameters p and
 * buffers b; for training, of lists for each {@link TorchGroup}: the parameters' values without
 * gradients d, moments m and v, and the number of the step s, once for each parameter.
 */
final class TorchCode {
  /** PyTorch may rewrite the function after watching it run. */
  static final String OPTIMIZED = ", optimised";

  private static final String FUSED = "fused attention";
  private static final String COMPOSED = "composed attention";
  private static final String PLANES = "planes";
  private static final String CHANNELS_LAST = "channels last";

  private final ModelRow row;
  private final String variant;
  private final List<TorchGroup> groups;
  private final Map<String, String> places = new HashMap<>();
  private final StringBuilder text = new StringBuilder();

  TorchCode(ModelRow row, TrainableParameters parameters, List<Parameter> buffers, String variant) {
    this.row = row;
    groups = TorchGroup.of(parameters);
    this.variant = variant;
    int index = 0;
    for (Parameter parameter : parameters.parameters()) {
      places.put(parameter.name(), "p[" + index++ + "]");
    }
    int buffer = 0;
    for (Parameter statistic : buffers) {
      places.put(statistic.name(), "b[" + buffer++ + "]");
    }
  }

  static List<String> variants(ModelRow row) {
    return switch (row.architecture().body()) {
      case ConvMixer.Size _ ->
          List.of(PLANES, PLANES + OPTIMIZED, CHANNELS_LAST, CHANNELS_LAST + OPTIMIZED);
      case VisionTransformer.Size size when size.variant() != Variant.PLAIN ->
          throw unsupported(size);
      case VisionTransformer.Size _ ->
          List.of(FUSED, FUSED + OPTIMIZED, COMPOSED, COMPOSED + OPTIMIZED);
      case ResNet.Size size -> throw unsupported(size);
    };
  }

  private static IllegalArgumentException unsupported(Body body) {
    return new IllegalArgumentException(
        body.name() + ": not written for peers; choose a ConvMixer or a plain ViT");
  }

  String text() {
    boolean training = row.mode() == ModelRow.Mode.TRAIN;
    String state =
        groups.stream()
            .map(TorchGroup::name)
            .map(
                "d%1$s: List[Tensor], m%1$s: List[Tensor], v%1$s: List[Tensor], s%1$s: List[Tensor], "
                    ::formatted)
            .collect(Collectors.joining());
    boolean buffers = row.architecture().body() instanceof ConvMixer.Size;
    text.append(
        "def forward(self: __torch__.Program, x: Tensor, y: Tensor, p: List[Tensor], %s%s) -> Tensor:\n"
            .formatted(training ? state : "", buffers ? "b: List[Tensor]" : "")
            .replace(", )", ")"));
    normalization(row.architecture().preprocessing().statistics());
    switch (row.architecture().body()) {
      case ConvMixer.Size size -> convMixer(size, training);
      case VisionTransformer.Size size -> transformer(size);
      case ResNet.Size size -> throw unsupported(size);
    }
    switch (row.mode()) {
      case FORWARD -> line("return h");
      case INPUT_GRADIENT -> {
        loss();
        line("return unchecked_cast(Tensor, (torch.grad([loss], [x]))[0])");
      }
      case TRAIN -> training();
    }
    return text.toString();
  }

  private void line(String format, Object... arguments) {
    text.append("  ").append(format.formatted(arguments)).append('\n');
  }

  private String place(String name) {
    String place = places.get(name);
    if (place == null) {
      throw new IllegalStateException("parameter " + name + ": the network has none");
    }
    return place;
  }

  private String affine(String layer) {
    return place(layer + ".weight") + ", " + place(layer + ".bias");
  }

  private void normalization(PixelStatistics statistics) {
    List<Double> scale = statistics.deviation().stream().map(d -> 1 / d).toList();
    List<Double> shift =
        IntStream.range(0, scale.size())
            .mapToObj(i -> -statistics.mean().get(i) * scale.get(i))
            .toList();
    line("scale = torch.reshape(torch.tensor(%s), [3, 1, 1])", scale);
    line("shift = torch.reshape(torch.tensor(%s), [3, 1, 1])", shift);
    line("h = torch.addcmul(shift, x, scale)");
  }

  private void convMixer(ConvMixer.Size size, boolean training) {
    if (variant.startsWith(CHANNELS_LAST)) {
      line("h = torch.contiguous(h, memory_format=2)");
    }
    line("h = torch.conv2d(h, %s, [%d, %2$d])", affine("stem.0"), size.patch());
    activation(size);
    batchNorm("stem.2", training);
    for (int i = 0; i < size.depth(); i++) {
      String block = "blocks." + i;
      line("r = h");
      line(
          "h = torch.conv2d(h, %s, [1, 1], [%d, %2$d], [1, 1], %d)",
          affine(block + ".0.fn.0"), size.kernel() / 2, size.dim());
      activation(size);
      batchNorm(block + ".0.fn.2", training);
      line("h = torch.add(h, r)");
      line("h = torch.conv2d(h, %s)", affine(block + ".1"));
      activation(size);
      batchNorm(block + ".3", training);
    }
    line("h = torch.linear(torch.mean(h, [2, 3]), %s)", affine("head"));
  }

  private void activation(ConvMixer.Size size) {
    line("h = torch.%s(h)", size.activation().name().toLowerCase(Locale.ROOT));
  }

  private void batchNorm(String layer, boolean training) {
    line(
        "h = torch.batch_norm(h, %s, %s, %s, %s, 0.1, 1e-5, True)",
        affine(layer),
        place(layer + ".running_mean"),
        place(layer + ".running_var"),
        training ? "True" : "False");
  }

  private void transformer(VisionTransformer.Size size) {
    int side = row.architecture().imageSize() / size.patch();
    int tokens = side * side + 1;
    int dim = size.dim();
    int batch = row.batch();
    line("h = torch.conv2d(h, %s, [%d, %2$d])", affine("patch_embed.proj"), size.patch());
    line("h = torch.transpose(torch.flatten(h, 2), 1, 2)");
    line("h = torch.cat([torch.expand(%s, [%d, -1, -1]), h], 1)", place("cls_token"), batch);
    line("h = torch.add(h, %s)", place("pos_embed"));
    for (int i = 0; i < size.depth(); i++) {
      String block = "blocks." + i;
      layerNorm("n", "h", block + ".norm1", dim);
      line("a = torch.linear(n, %s)", affine(block + ".attn.qkv"));
      line(
          "a = torch.permute(torch.reshape(a, [%d, %d, 3, %d, %d]), [2, 0, 3, 1, 4])",
          batch, tokens, size.heads(), dim / size.heads());
      attention(dim / size.heads());
      line("a = torch.reshape(torch.transpose(a, 1, 2), [%d, %d, %d])", batch, tokens, dim);
      line("h = torch.add(h, torch.linear(a, %s))", affine(block + ".attn.proj"));
      layerNorm("n", "h", block + ".norm2", dim);
      line("n = torch.gelu(torch.linear(n, %s))", affine(block + ".mlp.fc1"));
      line("h = torch.add(h, torch.linear(n, %s))", affine(block + ".mlp.fc2"));
    }
    layerNorm("h", "torch.select(h, 1, 0)", "norm", dim);
    line("h = torch.linear(h, %s)", affine("head"));
  }

  private void layerNorm(String target, String source, String layer, int width) {
    line("%s = torch.layer_norm(%s, [%d], %s, 1e-6)", target, source, width, affine(layer));
  }

  private void attention(int width) {
    line("q = torch.select(a, 0, 0)");
    line("k = torch.select(a, 0, 1)");
    line("u = torch.select(a, 0, 2)");
    if (variant.startsWith(FUSED)) {
      line("a = torch.scaled_dot_product_attention(q, k, u)");
    } else {
      line("q = torch.mul(q, %s)", 1 / Math.sqrt(width));
      line("w = torch.softmax(torch.matmul(q, torch.transpose(k, -2, -1)), -1)");
      line("a = torch.matmul(w, u)");
    }
  }

  private void loss() {
    line("loss = torch.cross_entropy_loss(h, y)");
  }

  private void training() {
    loss();
    line("found = torch.grad([loss], p)");
    for (TorchGroup group : groups) {
      adamW(group);
    }
    line("return torch.detach(loss)");
  }

  /** The fused optimiser reads gradients as if they lay like their parameters. */
  private void adamW(TorchGroup group) {
    String name = group.name();
    line("g%s = annotate(List[Tensor], [])", name);
    line("for i in range(%d, %d):", group.start(), group.end());
    line("  _0 = torch.append(g%s, torch.contiguous(unchecked_cast(Tensor, found[i])))", name);
    line("_1 = torch.add_(s%s[0], 1)", name);
    line(
        "torch._fused_adamw_(d%1$s, g%1$s, m%1$s, v%1$s, annotate(List[Tensor], []), s%1$s, lr=%2$s, beta1=0.9, beta2=0.999, weight_decay=%3$s, eps=1e-8, amsgrad=False, maximize=False)",
        name, AdamW.LEARNING_RATE, group.decay());
  }
}
