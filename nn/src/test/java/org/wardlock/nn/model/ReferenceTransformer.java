package org.wardlock.nn.model;

import java.util.Arrays;
import java.util.Map;

/**
 * A vision transformer in double, as loops over one picture at a time; slow and plain. What it has
 * beside a plain one (a distillation token, layer scale) it learns from the names of its weights,
 * and from the length of the position embedding which tokens have a position.
 */
final class ReferenceTransformer {
  private static final double EPSILON = 1e-6;

  private final int dim;
  private final int depth;
  private final int heads;
  private final int patch;
  private final Map<String, double[]> weights;

  ReferenceTransformer(int dim, int depth, int heads, int patch, Map<String, double[]> weights) {
    this.dim = dim;
    this.depth = depth;
    this.heads = heads;
    this.patch = patch;
    this.weights = weights;
  }

  /** From one normalised picture, plane after plane, to the logits of a head on a token. */
  double[] logits(double[] picture, int side, String head, int token) {
    return linear(normalized(tokens(picture, side)[token], "norm"), head);
  }

  /** The logits of the whole network: those of its head, or the mean of two. */
  double[] logits(double[] picture, int side) {
    double[] logits = logits(picture, side, "head", 0);
    if (weights.containsKey("head_dist.weight")) {
      double[] second = logits(picture, side, "head_dist", 1);
      Arrays.setAll(logits, k -> (logits[k] + second[k]) / 2);
    }
    return logits;
  }

  /** tokens[token][channel] behind the last block. */
  double[][] tokens(double[] picture, int side) {
    int across = side / patch;
    boolean distilled = weights.containsKey("dist_token");
    int prefix = distilled ? 2 : 1;
    double[] places = weights.get("pos_embed");
    int first = prefix + across * across - places.length / dim; // the first token with a position
    var x = new double[prefix + across * across][];
    x[0] = weights.get("cls_token").clone();
    if (distilled) {
      x[1] = weights.get("dist_token").clone();
    }
    for (int i = 0; i < across * across; i++) {
      x[prefix + i] = embedded(picture, side, i / across * patch, i % across * patch);
    }
    for (int i = first; i < x.length; i++) {
      for (int c = 0; c < dim; c++) {
        x[i][c] += places[(i - first) * dim + c];
      }
    }
    for (int i = 0; i < depth; i++) {
      String block = "blocks." + i + ".";
      add(x, attention(all(x, block + "norm1"), block + "attn."), block + "ls1.gamma");
      add(x, perceptron(all(x, block + "norm2"), block + "mlp."), block + "ls2.gamma");
    }
    return x;
  }

  private double[] embedded(double[] picture, int side, int row, int column) {
    double[] values = new double[3 * patch * patch];
    for (int i = 0; i < values.length; i++) {
      int channel = i / (patch * patch);
      int y = row + i / patch % patch;
      values[i] = picture[(channel * side + y) * side + column + i % patch];
    }
    return linear(values, "patch_embed.proj");
  }

  private double[][] all(double[][] x, String norm) {
    return Arrays.stream(x).map(token -> normalized(token, norm)).toArray(double[][]::new);
  }

  private double[] normalized(double[] token, String norm) {
    double mean = Arrays.stream(token).average().orElseThrow();
    double variance = Arrays.stream(token).map(v -> (v - mean) * (v - mean)).sum() / dim;
    double[] weight = weights.get(norm + ".weight");
    double[] bias = weights.get(norm + ".bias");
    double[] result = new double[dim];
    Arrays.setAll(
        result, c -> (token[c] - mean) / Math.sqrt(variance + EPSILON) * weight[c] + bias[c]);
    return result;
  }

  private double[][] attention(double[][] x, String name) {
    int width = dim / heads;
    var packed = new double[x.length][];
    Arrays.setAll(packed, i -> linear(x[i], name + "qkv"));
    var result = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      double[] mixed = new double[dim];
      for (int head = 0; head < heads; head++) {
        double[] share = new double[x.length];
        double sum = 0;
        for (int j = 0; j < x.length; j++) {
          double score = 0;
          for (int c = head * width; c < (head + 1) * width; c++) {
            score += packed[i][c] * packed[j][dim + c];
          }
          share[j] = Math.exp(score / Math.sqrt(width));
          sum += share[j];
        }
        for (int j = 0; j < x.length; j++) {
          for (int c = head * width; c < (head + 1) * width; c++) {
            mixed[c] += share[j] / sum * packed[j][2 * dim + c];
          }
        }
      }
      result[i] = linear(mixed, name + "proj");
    }
    return result;
  }

  private double[][] perceptron(double[][] x, String name) {
    var result = new double[x.length][];
    for (int i = 0; i < x.length; i++) {
      double[] hidden = linear(x[i], name + "fc1");
      result[i] = linear(Arrays.stream(hidden).map(v -> v * normal(v)).toArray(), name + "fc2");
    }
    return result;
  }

  private void add(double[][] x, double[][] branch, String gamma) {
    double[] scale = weights.get(gamma);
    for (int i = 0; i < x.length; i++) {
      for (int c = 0; c < dim; c++) {
        x[i][c] += branch[i][c] * (scale == null ? 1 : scale[c]);
      }
    }
  }

  private double[] linear(double[] x, String name) {
    double[] weight = weights.get(name + ".weight");
    double[] bias = weights.get(name + ".bias");
    double[] result = bias == null ? new double[weight.length / x.length] : bias.clone();
    for (int i = 0; i < weight.length; i++) {
      result[i / x.length] += weight[i] * x[i % x.length];
    }
    return result;
  }

  /** The normal distribution's integral, by a series whose terms all have one sign. */
  private static double normal(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n < 200; n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
