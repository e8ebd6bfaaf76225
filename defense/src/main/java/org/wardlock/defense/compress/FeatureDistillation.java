package org.wardlock.defense.compress;

import static org.wardlock.defense.compress.QuantizationTable.SIDE;
import static org.wardlock.defense.compress.QuantizationTable.SIZE;

import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Feature distillation (Liu et al., "Feature Distillation", CVPR 2019), as its official program
 * does it: red, green and blue by themselves, scaled to 255, an orthonormal 8 by 8 cosine
 * transform, rounding to steps of 25 for the 4 by 4 lowest frequencies and 30 for the others, back,
 * and clipped to [0, 1]; all of it twice in a row. There are no 8-bit values in between, and the
 * second time changes only what clipping has moved.
 *
 * <p>A re-implementation with steps of 1 for 22 low frequencies and 41 for the others is left out:
 * which frequencies these are is told in two ways that do not agree.
 */
public final class FeatureDistillation implements Compression {
  private static final int LOW_STEP = 25;
  private static final int HIGH_STEP = 30;
  private static final int LOW_SIDE = SIDE / 2;
  private static final int TIMES = 2;
  private static final int CHANNELS = 3;
  private static final float LARGEST = 255;

  private final Shape pictureShape;
  private final Device device;
  private final RoundingGradient gradient;
  private final PlanePadding padding;
  private final Tensor cosine;
  private final Tensor steps;

  private FeatureDistillation(Shape pictureShape, Device device, RoundingGradient gradient) {
    PictureShapes.requireColour("feature distillation", pictureShape);
    this.pictureShape = pictureShape;
    this.device = device;
    this.gradient = gradient;
    this.padding = new PlanePadding(pictureShape.extent(1), pictureShape.extent(2), SIDE, device);
    this.cosine = cosine(device);
    this.steps = steps(device);
  }

  /**
   * Without a gradient.
   *
   * @param pictureShape channels (3), height, width; pictures that are no whole number of blocks
   *     are continued by their last row and column
   * @param device where the pictures will lie
   */
  public static FeatureDistillation of(Shape pictureShape, Device device) {
    return new FeatureDistillation(pictureShape, device, RoundingGradient.NONE);
  }

  @Override
  public FeatureDistillation withGradient(RoundingGradient newGradient) {
    return new FeatureDistillation(pictureShape, device, newGradient);
  }

  @Override
  public boolean isDifferentiable() {
    return gradient != RoundingGradient.NONE;
  }

  @Override
  public Tensor apply(Tensor images) {
    PictureShapes.require("feature distillation", images.shape(), pictureShape);
    try (Scope _ = Scope.open("feature distillation")) {
      Tensor pictures = images;
      for (int i = 0; i < TIMES; i++) {
        pictures = once(pictures);
      }
      return pictures.keep();
    }
  }

  private Tensor once(Tensor images) {
    int count = images.shape().extent(0);
    Tensor planes =
        padding
            .padded(images.multiply(LARGEST))
            .reshape(count * CHANNELS, padding.height(), padding.width());
    Tensor frequencies = Blocks.of(planes).matmul(cosine.transpose());
    var rounding = new Rounding(Rounding.Ties.AWAY, gradient);
    Tensor quantized = Tensor.apply(rounding, frequencies.divide(steps)).multiply(steps);
    return Blocks.joined(quantized.matmul(cosine), padding.height(), padding.width())
        .slice(1, 0, pictureShape.extent(1))
        .slice(2, 0, pictureShape.extent(2))
        .reshape(images.shape().toArray())
        .multiply(1 / LARGEST)
        .clamp(0, 1);
  }

  @Override
  public void close() {
    padding.release();
    cosine.release();
    steps.release();
  }

  @Override
  public String toString() {
    return "FeatureDistillation[gradient=%s pictures=%s device=%s]"
        .formatted(gradient, pictureShape, device);
  }

  /** The transform of a block: (frequency, position), both row by row. */
  private static Tensor cosine(Device device) {
    var values = new float[SIZE * SIZE];
    for (int i = 0; i < values.length; i++) {
      int frequency = i / SIZE;
      int position = i % SIZE;
      values[i] =
          (float)
              (weight(frequency / SIDE, position / SIDE)
                  * weight(frequency % SIDE, position % SIDE));
    }
    return Tensor.of(device, Shape.of(SIZE, SIZE), values).unscoped();
  }

  private static double weight(int frequency, int position) {
    double scale = Math.sqrt((frequency == 0 ? 1.0 : 2.0) / SIDE);
    return scale * Math.cos((2 * position + 1) * frequency * Math.PI / (2 * SIDE));
  }

  private static Tensor steps(Device device) {
    var values = new float[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = i / SIDE < LOW_SIDE && i % SIDE < LOW_SIDE ? LOW_STEP : HIGH_STEP;
    }
    return Tensor.of(device, Shape.of(SIZE), values).unscoped();
  }
}
