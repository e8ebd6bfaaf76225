package org.wardlock.nn.model;

import java.util.List;

/**
 * Floating-point operations a picture, a multiplication and an addition counted as two. Products,
 * convolutions and attention are counted; activations, norms, layer scale and the softmax are not.
 * Over the time a picture takes this is the speed to hold beside a machine's peak, whoever
 * computes.
 */
public final class FlopCount {
  private static final int CHANNELS = 3;

  private FlopCount() {}

  /** One forward pass. */
  public static double forward(Architecture architecture) {
    double side = architecture.imageSize() / architecture.body().patch();
    double places = side * side;
    double patchValues = CHANNELS * Math.pow(architecture.body().patch(), 2);
    return switch (architecture.body()) {
      case ConvMixer.Size(int dim, int depth, int kernel, _, _) -> {
        double block = 2.0 * places * dim * ((double) kernel * kernel + dim);
        yield 2 * places * patchValues * dim + depth * block + 2.0 * dim * architecture.classes();
      }
      case VisionTransformer.Size(int dim, int depth, _, _, VisionTransformer.Variant variant) -> {
        double tokens = places + variant.prefixTokens().size();
        double projections = 2 * tokens * dim * 12.0 * dim;
        double attention = 4 * tokens * tokens * dim;
        yield 2 * places * patchValues * dim
            + depth * (projections + attention)
            + 2.0 * dim * architecture.classes() * variant.headNames().size();
      }
      case ResNet.Size(ResNet.Family family, List<Integer> blocks) ->
          residual(family, blocks, architecture.imageSize(), architecture.classes());
    };
  }

  /** Layer by layer; each stage but the first begins with a block that halves the side. */
  private static double residual(
      ResNet.Family family, List<Integer> blocks, int imageSize, int classes) {
    int side = family.shrinksFirst() ? half(imageSize) : imageSize;
    double count = convolution(side, CHANNELS, family.width(), family.stemKernel());
    side = family.shrinksFirst() ? half(side) : side;
    int channels = family.width();
    for (int stage = 0; stage < blocks.size(); stage++) {
      int width = family.width() << stage;
      int out = width * family.expansion();
      for (int i = 0; i < blocks.get(stage); i++) {
        int before = side;
        side = i == 0 && stage > 0 ? half(side) : side;
        if (family == ResNet.Family.BOTTLENECK) {
          count += convolution(before, channels, width, 1) + convolution(side, width, width, 3);
          count += convolution(side, width, out, 1);
        } else {
          count += convolution(side, channels, width, 3) + convolution(side, width, out, 3);
        }
        boolean projected = family != ResNet.Family.CIFAR && (channels != out || before != side);
        count += projected ? convolution(side, channels, out, 1) : 0;
        channels = out;
      }
    }
    return count + 2.0 * channels * classes;
  }

  private static int half(int side) {
    return (side + 1) / 2;
  }

  private static double convolution(int side, int in, int out, int kernel) {
    return 2.0 * side * side * in * out * kernel * kernel;
  }

  /**
   * Forward and backward, towards the weights and towards every activation: three times a forward
   * pass, the optimiser not counted.
   */
  public static double training(Architecture architecture) {
    return 3 * forward(architecture);
  }

  /** Forward and backward towards the pixels alone: twice a forward pass. */
  public static double inputGradient(Architecture architecture) {
    return 2 * forward(architecture);
  }
}
