package org.wardlock.nn.model;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.Shared;
import org.wardlock.nn.model.VisionTransformer.Variant;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/**
 * Small transformers of every variant with weights that show mistakes, and what to hold them to.
 */
final class SmallTransformers {
  static final Device DEVICE = Shared.device();
  static final int DIM = 12;
  static final int DEPTH = 2;
  static final int HEADS = 3;
  static final int PATCH = 4;
  static final int SIDE = 12;
  static final int CLASSES = 5;
  static final int PICTURES = 2;

  private SmallTransformers() {}

  /** Pixels as they are, so that the reference need not normalise. */
  static Architecture architecture(Variant variant) {
    return Architecture.named(new VisionTransformer.Size(DIM, DEPTH, HEADS, PATCH, variant).name())
        .withImageSize(SIDE)
        .withClasses(CLASSES)
        .with(PixelStatistics.UNCHANGED);
  }

  /** What timm's files of a variant hold, by the size of the network. */
  static Map<String, Shape> timm(
      Variant variant, int dim, int depth, int patch, int patches, int classes) {
    var shapes = new TreeMap<String, Shape>();
    shapes.put("cls_token", Shape.of(1, 1, dim));
    shapes.put("pos_embed", Shape.of(1, patches + 1, dim));
    shapes.put("patch_embed.proj.weight", Shape.of(dim, 3, patch, patch));
    shapes.put("patch_embed.proj.bias", Shape.of(dim));
    for (int i = 0; i < depth; i++) {
      String block = "blocks." + i + ".";
      for (String norm : List.of("norm1", "norm2")) {
        shapes.put(block + norm + ".weight", Shape.of(dim));
        shapes.put(block + norm + ".bias", Shape.of(dim));
      }
      shapes.put(block + "attn.qkv.weight", Shape.of(3 * dim, dim));
      if (variant != Variant.NO_QKV_BIAS) {
        shapes.put(block + "attn.qkv.bias", Shape.of(3 * dim));
      }
      shapes.put(block + "attn.proj.weight", Shape.of(dim, dim));
      shapes.put(block + "attn.proj.bias", Shape.of(dim));
      shapes.put(block + "mlp.fc1.weight", Shape.of(4 * dim, dim));
      shapes.put(block + "mlp.fc1.bias", Shape.of(4 * dim));
      shapes.put(block + "mlp.fc2.weight", Shape.of(dim, 4 * dim));
      shapes.put(block + "mlp.fc2.bias", Shape.of(dim));
      if (variant == Variant.DEIT3) {
        shapes.put(block + "ls1.gamma", Shape.of(dim));
        shapes.put(block + "ls2.gamma", Shape.of(dim));
      }
    }
    shapes.put("norm.weight", Shape.of(dim));
    shapes.put("norm.bias", Shape.of(dim));
    shapes.put("head.weight", Shape.of(classes, dim));
    shapes.put("head.bias", Shape.of(classes));
    if (variant == Variant.DEIT3) {
      shapes.put("pos_embed", Shape.of(1, patches, dim));
    }
    if (variant == Variant.DISTILLED) {
      shapes.put("dist_token", Shape.of(1, 1, dim));
      shapes.put("pos_embed", Shape.of(1, patches + 2, dim));
      shapes.put("head_dist.weight", Shape.of(classes, dim));
      shapes.put("head_dist.bias", Shape.of(classes));
    }
    return shapes;
  }

  static Map<String, Shape> shapes(Network network) {
    var shapes = new TreeMap<String, Shape>();
    network.parameters().all().forEach(each -> shapes.put(each.name(), each.shape()));
    return shapes;
  }

  /** Numbers away from what parameters begin with, where mistakes would not show. */
  static Network spread(Architecture architecture) {
    Network network = Network.initial(architecture, DEVICE, 3);
    var random = new Random(5);
    for (Parameter parameter : network.parameters().all()) {
      double fanIn = parameter.shape().count() / (double) parameter.shape().extent(0);
      double deviation = parameter.name().endsWith(".weight") ? 1 / Math.sqrt(fanIn) : 0.5;
      double middle = parameter.name().matches(".*(norm.*weight|gamma)") ? 1 : 0;
      float[] values = new float[(int) parameter.shape().count()];
      for (int i = 0; i < values.length; i++) {
        values[i] = (float) (middle + deviation * random.nextGaussian());
      }
      Updates.assign(parameter.tensor(), Tensor.of(DEVICE, parameter.shape(), values));
    }
    return network;
  }

  static Tensor pictures(int side) {
    float[] pixels = new float[PICTURES * 3 * side * side];
    var random = new Random(7);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = random.nextFloat();
    }
    return Tensor.of(DEVICE, Shape.of(PICTURES, 3, side, side), pixels);
  }

  static double[] doubles(float... values) {
    double[] doubles = new double[values.length];
    Arrays.setAll(doubles, i -> values[i]);
    return doubles;
  }

  static Map<String, double[]> doubles(Network network) {
    var weights = new HashMap<String, double[]>();
    for (Parameter parameter : network.parameters().all()) {
      weights.put(parameter.name(), doubles(parameter.tensor().toFloats()));
    }
    return weights;
  }

  static ReferenceTransformer reference(Map<String, double[]> weights) {
    return new ReferenceTransformer(DIM, DEPTH, HEADS, PATCH, weights);
  }

  static double[] row(double[] pixels, int picture) {
    int length = pixels.length / PICTURES;
    return Arrays.copyOfRange(pixels, picture * length, (picture + 1) * length);
  }

  static float[] floats(double... values) {
    float[] floats = new float[values.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = (float) values[i];
    }
    return floats;
  }
}
