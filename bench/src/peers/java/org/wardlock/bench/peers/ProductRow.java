package org.wardlock.bench.peers;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A layer's matrix product. A linear layer's input is (batch * places, in), its weight (out, in); a
 * pointwise convolution's input is (batch, in, places), its weight (out, in).
 *
 * @param name what the layer is
 * @param phase which product
 * @param pointwise whether it is a convolution
 * @param batch pictures
 * @param places positions a picture: tokens or pixels
 * @param in values a place before
 * @param out values a place after
 */
record ProductRow(
    String name, Phase phase, boolean pointwise, int batch, int places, int in, int out)
    implements Row {
  private static final int TOKENS = 197;
  private static final int VIT_BATCH = 8;

  static List<ProductRow> all() {
    var rows = new ArrayList<ProductRow>();
    rows.add(new ProductRow("square", Phase.FORWARD, false, 1, 1536, 1536, 1536));
    new TreeMap<>(Map.of("ViT-Tiny", 192, "ViT-S", 384))
        .descendingMap()
        .forEach(
            (name, width) -> {
              linear(rows, name + " qkv", width, 3 * width);
              linear(rows, name + " proj", width, width);
              linear(rows, name + " fc1", width, 4 * width);
              linear(rows, name + " fc2", 4 * width, width);
            });
    pointwise(rows, "ConvMixer-256 pointwise", 32, 16 * 16, 256);
    pointwise(rows, "ConvMixer-768 pointwise", 2, 32 * 32, 768);
    return List.copyOf(rows);
  }

  private static void linear(List<ProductRow> rows, String name, int in, int out) {
    for (Phase phase : Phase.values()) {
      rows.add(new ProductRow(name, phase, false, VIT_BATCH, TOKENS, in, out));
    }
  }

  private static void pointwise(
      List<ProductRow> rows, String name, int batch, int places, int width) {
    for (Phase phase : Phase.values()) {
      rows.add(new ProductRow(name, phase, true, batch, places, width, width));
    }
  }

  @Override
  public String label() {
    return "%s %d x %d x %d, %s".formatted(name, batch * places, in, out, phase.text());
  }

  @Override
  public double flops() {
    return 2.0 * batch * places * in * out;
  }

  @Override
  public String unit() {
    return "GFLOP/s";
  }

  @Override
  public double units() {
    return flops() / 1e9;
  }

  /** The layer's input. */
  float[] input() {
    return Values.symmetric(batch * places * in, 1);
  }

  /** The layer's weight. */
  float[] weight() {
    return Values.symmetric(in * out, 2);
  }

  /** The gradient that reaches the layer's output. */
  float[] gradient() {
    return Values.symmetric(batch * places * out, 3);
  }
}
