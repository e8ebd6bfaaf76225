package org.wardlock.nn.model;

/**
 * Floating-point operations a picture, a multiplication and an addition counted as two. Products,
 * convolutions and attention are counted; activations, norms and the softmax are not. Over the time
 * a picture takes this is the speed to hold beside a machine's peak, whoever computes.
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
      case VisionTransformer.Size(int dim, int depth, _, _) -> {
        double tokens = places + 1;
        double projections = 2 * tokens * dim * 12.0 * dim;
        double attention = 4 * tokens * tokens * dim;
        yield 2 * places * patchValues * dim
            + depth * (projections + attention)
            + 2.0 * dim * architecture.classes();
      }
    };
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
