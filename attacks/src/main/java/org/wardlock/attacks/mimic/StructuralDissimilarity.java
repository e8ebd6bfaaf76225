package org.wardlock.attacks.mimic;

import java.util.ArrayList;
import java.util.List;
import org.wardlock.attacks.Rows;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * How unlike pictures are to some pictures that stay: DSSIM, half of what their multi-scale
 * structural similarity (MS-SSIM, Wang, Simoncelli and Bovik 2003) lacks of 1. From 0, for the
 * pictures themselves, to 1/2; with its exact gradient.
 *
 * <p>The window is a Gaussian of 11 x 11 values and deviation 1.5 within the picture; the constants
 * are (0.01)^2 and (0.03)^2 for values in [0, 1]; from scale to scale means of 2 x 2 values are
 * taken; at each scale the mean goes over positions and channels; the last scale alone compares
 * brightness, too. Five scales have the published weights. A scale whose smaller side is below 11
 * has no place for the window: pictures of less than 161 pixels have fewer scales, whose weights
 * are divided by their sum.
 *
 * <p>It is computed from the difference of the pictures, as 1 - cs = var(difference) / (sum of
 * variances + constant), so that small changes are measured as exactly as large ones.
 */
public final class StructuralDissimilarity {
  /** The side of the window. */
  static final int WINDOW = 11;

  static final double WINDOW_DEVIATION = 1.5;

  private static final double[] WEIGHTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
  private static final float BRIGHTNESS_CONSTANT = 0.01f * 0.01f;
  private static final float CONTRAST_CONSTANT = 0.03f * 0.03f;

  /** Pictures that are opposites at a scale have no logarithm; they count as this similar. */
  private static final float LEAST_SIMILARITY = 1e-6f;

  private final Tensor pictures;
  private final List<Scale> scales;

  /**
   * What is known of the pictures at one scale, as planes (N * channels, height, width).
   *
   * @param mean under the window
   * @param twiceVariance under the window, and the constant
   * @param halving to the next scale
   */
  private record Scale(
      Tensor planes, Tensor mean, Tensor twiceVariance, PlaneFilter window, PlaneFilter halving) {}

  private StructuralDissimilarity(Tensor pictures, List<Scale> scales) {
    this.pictures = pictures;
    this.scales = scales;
  }

  /**
   * To these pictures; valid as long as the current scope.
   *
   * @param pictures (N, channels, height, width), float32 in [0, 1]
   * @throws IllegalArgumentException if a side is below 11
   */
  public static StructuralDissimilarity to(Tensor pictures) {
    Shape shape = pictures.shape();
    int count = scales(shape.extent(2), shape.extent(3));
    Device device = pictures.device();
    var scales = new ArrayList<Scale>();
    try (NoGrad _ = NoGrad.enter()) {
      Tensor planes = planes(pictures);
      for (int i = 0; i < count; i++) {
        int height = planes.shape().extent(1);
        int width = planes.shape().extent(2);
        PlaneFilter window = PlaneFilter.gaussian(device, height, width);
        PlaneFilter halving = PlaneFilter.halving(device, height, width);
        Tensor mean = window.apply(planes);
        Tensor variance = window.apply(planes.square()).subtract(mean.square());
        scales.add(new Scale(planes, mean, variance.affine(2, CONTRAST_CONSTANT), window, halving));
        planes = halving.apply(planes);
      }
    }
    return new StructuralDissimilarity(pictures, scales);
  }

  /**
   * How many scales pictures have: 5 from 161 pixels on.
   *
   * @throws IllegalArgumentException if a side is below 11
   */
  public static int scales(int height, int width) {
    int side = Math.min(height, width);
    if (side < WINDOW) {
      throw new IllegalArgumentException(
          "structural similarity: pictures of %d x %d, expected sides of at least %d"
              .formatted(height, width, WINDOW));
    }
    int count = 0;
    while (count < WEIGHTS.length && side >= WINDOW) {
      count++;
      side = (side + 1) / 2;
    }
    return count;
  }

  private static Tensor planes(Tensor images) {
    Shape shape = images.shape();
    return images.reshape(shape.extent(0) * shape.extent(1), shape.extent(2), shape.extent(3));
  }

  /** The same for some of the pictures, valid as long as the current scope. */
  public StructuralDissimilarity select(int... rows) {
    return to(Rows.gather(pictures, rows));
  }

  /**
   * The dissimilarity of each picture to its own, in the current scope.
   *
   * @param images (N, channels, height, width), of the shape of the pictures that stay; gradients
   *     flow to it where it requires them
   * @return (N), from 0 to 1/2
   */
  public Tensor of(Tensor images) {
    if (!images.shape().equals(pictures.shape())) {
      throw new IllegalArgumentException(
          "structural similarity: pictures of shape %s to pictures of shape %s, expected equal ones"
              .formatted(images.shape(), pictures.shape()));
    }
    int count = images.shape().extent(0);
    Tensor change = planes(images.subtract(pictures));
    Tensor logarithm = Tensor.zeros(images.device(), Shape.of(count));
    double[] weights = weights(scales.size());
    for (int i = 0; i < weights.length; i++) {
      boolean last = i == weights.length - 1;
      Tensor lacking = lacking(scales.get(i), change, last).reshape(count, -1).mean(1);
      Tensor similarity =
          lacking.reshape(count).affine(-1, 1).clamp(LEAST_SIMILARITY, Float.MAX_VALUE);
      logarithm = logarithm.add(similarity.log().multiply((float) weights[i]));
      if (!last) {
        change = scales.get(i).halving().apply(change);
      }
    }
    return logarithm.exp().affine(-0.5f, 0.5f);
  }

  private static double[] weights(int count) {
    double[] weights = new double[count];
    double sum = 0;
    for (int i = 0; i < count; i++) {
      sum += WEIGHTS[i];
    }
    for (int i = 0; i < count; i++) {
      weights[i] = count == WEIGHTS.length ? WEIGHTS[i] : WEIGHTS[i] / sum;
    }
    return weights;
  }

  /** What similarity lacks of 1 at each position: in contrast and structure, and in brightness. */
  private static Tensor lacking(Scale scale, Tensor change, boolean withBrightness) {
    int planes = change.shape().extent(0);
    Tensor seen =
        scale
            .window()
            .apply(Tensor.concatenate(0, change, change.square(), change.multiply(scale.planes())));
    Tensor shift = seen.slice(0, 0, planes);
    Tensor variance = seen.slice(0, planes, 2 * planes).subtract(shift.square());
    Tensor covariance =
        seen.slice(0, 2 * planes, 3 * planes).subtract(shift.multiply(scale.mean()));
    // the variance of the changed picture is the other's, and twice the covariance, and this
    Tensor contrast =
        variance.divide(scale.twiceVariance().add(covariance.multiply(2)).add(variance));
    if (!withBrightness) {
      return contrast;
    }
    Tensor squares =
        scale.mean().square().add(scale.mean().add(shift).square()).add(BRIGHTNESS_CONSTANT);
    Tensor brightness = shift.square().divide(squares);
    return brightness.add(contrast).subtract(brightness.multiply(contrast));
  }
}
