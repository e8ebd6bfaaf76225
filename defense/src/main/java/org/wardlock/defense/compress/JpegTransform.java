package org.wardlock.defense.compress;

import java.util.List;
import java.util.Optional;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * JPEG compression and decompression of batches of pictures, as tensor operations: 8-bit pixels,
 * JFIF colours, subsampling, 8 by 8 cosine transform, quantisation, and all the way back. (N, 3,
 * height, width) float32 in [0, 1] to the same shape, every value a multiple of 1/255.
 *
 * <p>Every rounding of libjpeg (accurate whole-number transform, triangle upsampling) is followed,
 * so that quantised coefficients and decompressed pixels are those of a real file with the same
 * tables, but for one coefficient in some hundred thousand that float takes over the edge of a
 * step. Entropy coding changes nothing and is left out.
 *
 * <p>Rounding has no useful derivative: without {@link #withGradient} a backward pass throws. Holds
 * its tables on a device until it is closed. Safe for any number of threads.
 */
public final class JpegTransform implements AutoCloseable {
  private static final int CHANNELS = 3;
  private static final float LARGEST = 255;
  private static final float CENTER = 128;

  private final JpegTables tables;
  private final Subsampling subsampling;
  private final RoundingGradient gradient;
  private final Rounding rounding;
  private final Shape pictureShape;
  private final Device device;
  private final PlanePadding padding;
  private final Optional<ColorSampling> sampling;
  private final BlockCosine cosine;
  private final Tensor luminanceSteps;
  private final Tensor chrominanceSteps;
  private final Tensor largest;

  private JpegTransform(
      JpegTables tables,
      Subsampling subsampling,
      RoundingGradient gradient,
      Shape pictureShape,
      Device device) {
    if (pictureShape.rank() != 3 || pictureShape.extent(0) != CHANNELS) {
      throw new IllegalArgumentException(
          "JPEG transform: found pictures %s; expected (3, height, width)".formatted(pictureShape));
    }
    this.tables = tables;
    this.subsampling = subsampling;
    this.gradient = gradient;
    // Only quantisation takes what a gradient is worth away; the other steps are far smaller.
    this.rounding =
        new Rounding(
            Rounding.Ties.UP,
            gradient == RoundingGradient.NONE
                ? RoundingGradient.NONE
                : RoundingGradient.STRAIGHT_THROUGH);
    this.pictureShape = pictureShape;
    this.device = device;
    int height = pictureShape.extent(1);
    int width = pictureShape.extent(2);
    this.padding = new PlanePadding(height, width, subsampling.unit(), device);
    this.sampling =
        subsampling == Subsampling.HALF
            ? Optional.of(new ColorSampling(padding.width(), height, width, device))
            : Optional.empty();
    this.cosine = new BlockCosine(device);
    this.luminanceSteps = steps(tables.luminance(), device);
    this.chrominanceSteps = steps(tables.chrominance(), device);
    this.largest = Tensor.scalar(device, LARGEST).unscoped();
  }

  /**
   * A transform without a gradient.
   *
   * @param pictureShape channels (3), height, width; pictures that are no whole number of blocks
   *     are continued by their last row and column, as libjpeg does
   * @param device where the pictures will lie
   */
  public static JpegTransform of(
      JpegTables tables, Subsampling subsampling, Shape pictureShape, Device device) {
    return new JpegTransform(tables, subsampling, RoundingGradient.NONE, pictureShape, device);
  }

  /** A second transform, to be closed on its own, with something in place of the gradient. */
  public JpegTransform withGradient(RoundingGradient newGradient) {
    return new JpegTransform(tables, subsampling, newGradient, pictureShape, device);
  }

  /** Whether something stands in for the gradient. */
  public boolean isDifferentiable() {
    return gradient != RoundingGradient.NONE;
  }

  /**
   * Compresses and decompresses a batch.
   *
   * @param images (N, 3, height, width) in [0, 1], on this transform's device
   * @return the same shape, in the current scope
   * @throws IllegalArgumentException if the pictures have another shape
   */
  public Tensor apply(Tensor images) {
    try (Scope _ = Scope.open("JPEG")) {
      List<Tensor> coefficients = coefficients(images);
      return pictures(
              coefficients.get(0).multiply(luminanceSteps),
              coefficients.get(1).multiply(chrominanceSteps),
              coefficients.get(2).multiply(chrominanceSteps))
          .keep();
    }
  }

  /**
   * The quantised coefficients of a batch: brightness, blue and red difference.
   *
   * @param images (N, 3, height, width) in [0, 1]
   * @return each (N * blocks, 64) whole numbers, the blocks of a picture row by row, the
   *     coefficients of a block as in {@link QuantizationTable}; in the current scope
   */
  public List<Tensor> coefficients(Tensor images) {
    try (Scope _ = Scope.open("JPEG coefficients")) {
      List<Tensor> frequencies = frequencies(images);
      return List.of(
          quantized(frequencies.get(0), luminanceSteps).keep(),
          quantized(frequencies.get(1), chrominanceSteps).keep(),
          quantized(frequencies.get(2), chrominanceSteps).keep());
    }
  }

  /** The coefficients before quantisation, in the current scope. */
  List<Tensor> frequencies(Tensor images) {
    requireShape(images.shape());
    try (Scope _ = Scope.open("JPEG frequencies")) {
      Tensor pixels = Tensor.apply(rounding, images.multiply(LARGEST));
      ColorPlanes planes = ColorPlanes.of(padding.padded(pixels), rounding);
      return List.of(
          cosine.forward(planes.luminance().add(-CENTER), rounding).keep(),
          cosine.forward(halved(planes.blue()).add(-CENTER), rounding).keep(),
          cosine.forward(halved(planes.red()).add(-CENTER), rounding).keep());
    }
  }

  /** What a decoder makes of coefficients, in the current scope. */
  Tensor pictures(Tensor luminance, Tensor blue, Tensor red) {
    try (Scope _ = Scope.open("JPEG pictures")) {
      ColorPlanes planes = new ColorPlanes(plane(luminance, 1), color(blue), color(red));
      return planes.pixels(rounding).divide(largest).keep();
    }
  }

  /** Gives up the tables; using the transform afterwards throws. */
  @Override
  public void close() {
    padding.release();
    sampling.ifPresent(ColorSampling::release);
    cosine.release();
    luminanceSteps.release();
    chrominanceSteps.release();
    largest.release();
  }

  @Override
  public String toString() {
    return "JpegTransform[tables=%s subsampling=%s gradient=%s pictures=%s device=%s]"
        .formatted(tables, subsampling, gradient, pictureShape, device);
  }

  private Tensor quantized(Tensor frequencies, Tensor steps) {
    return Tensor.apply(new Rounding(Rounding.Ties.AWAY, gradient), frequencies.divide(steps));
  }

  private Tensor halved(Tensor planes) {
    return sampling.map(s -> s.halved(planes, rounding)).orElse(planes);
  }

  private Tensor color(Tensor frequencies) {
    Tensor samples = plane(frequencies, subsampling.factor());
    return sampling.map(s -> s.doubled(samples, rounding)).orElse(samples);
  }

  /** A plane decoded, without what padding added. */
  private Tensor plane(Tensor frequencies, int factor) {
    Tensor samples =
        cosine.inverse(frequencies, padding.height() / factor, padding.width() / factor, rounding);
    return samples
        .add(CENTER)
        .clamp(0, LARGEST)
        .slice(1, 0, Math.ceilDiv(pictureShape.extent(1), factor))
        .slice(2, 0, Math.ceilDiv(pictureShape.extent(2), factor));
  }

  private void requireShape(Shape shape) {
    boolean fits = shape.rank() == 4;
    for (int axis = 0; fits && axis < 3; axis++) {
      fits = shape.extent(axis + 1) == pictureShape.extent(axis);
    }
    if (!fits) {
      throw new IllegalArgumentException(
          "JPEG transform: found pictures of shape %s; expected (N, %d, %d, %d)"
              .formatted(
                  shape, pictureShape.extent(0), pictureShape.extent(1), pictureShape.extent(2)));
    }
  }

  private static Tensor steps(QuantizationTable table, Device device) {
    int[] steps = table.toArray();
    var values = new float[steps.length];
    for (int i = 0; i < steps.length; i++) {
      values[i] = steps[i];
    }
    return Tensor.of(device, Shape.of(values.length), values).unscoped();
  }
}
