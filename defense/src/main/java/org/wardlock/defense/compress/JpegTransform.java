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
 * <p>Rounding has no useful derivative: without {@link #withGradient} a backward pass throws. With
 * {@link RoundingGradient#SMOOTH} coefficients alone are rounded, and they not quite.
 */
public final class JpegTransform implements Compression {
  private static final String NAME = "JPEG transform";
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
    PictureShapes.requireColour(NAME, pictureShape);
    this.tables = tables;
    this.subsampling = subsampling;
    this.gradient = gradient;
    // Only quantisation takes what a gradient is worth away; the other steps are far smaller.
    this.rounding =
        new Rounding(
            gradient.isSmooth() ? Rounding.Ties.NOWHERE : Rounding.Ties.UP,
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

  @Override
  public JpegTransform withGradient(RoundingGradient newGradient) {
    return new JpegTransform(tables, subsampling, newGradient, pictureShape, device);
  }

  @Override
  public boolean isDifferentiable() {
    return gradient != RoundingGradient.NONE;
  }

  @Override
  public Tensor apply(Tensor images) {
    return apply(images, luminanceSteps, chrominanceSteps);
  }

  /**
   * Compresses and decompresses with other steps than those of the tables.
   *
   * @param luminance (64) for all blocks, (N, 64) for each picture's, or (N * blocks, 64)
   * @param chrominance likewise
   */
  Tensor apply(Tensor images, Tensor luminance, Tensor chrominance) {
    try (Scope _ = Scope.open("JPEG")) {
      List<Tensor> frequencies = frequencies(images);
      return pictures(
              requantized(frequencies.get(0), luminance),
              requantized(frequencies.get(1), chrominance),
              requantized(frequencies.get(2), chrominance),
              Clamping.beside(gradient))
          .keep();
    }
  }

  private Tensor requantized(Tensor frequencies, Tensor steps) {
    Tensor each = forEachBlock(steps, frequencies.shape().extent(0));
    return quantized(frequencies, each).multiply(each);
  }

  /** Repeats the steps of a picture for each of its blocks. */
  private static Tensor forEachBlock(Tensor steps, int blocks) {
    if (steps.shape().rank() == 1 || steps.shape().extent(0) == blocks) {
      return steps;
    }
    int pictures = steps.shape().extent(0);
    int size = QuantizationTable.SIZE;
    return steps
        .reshape(pictures, 1, size)
        .expand(Shape.of(pictures, blocks / pictures, size))
        .reshape(blocks, size);
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
    PictureShapes.require(NAME, images.shape(), pictureShape);
    try (Scope _ = Scope.open("JPEG frequencies")) {
      Tensor pixels = Tensor.apply(rounding, images.multiply(LARGEST));
      ColorPlanes planes = ColorPlanes.of(padding.padded(pixels), rounding);
      return List.of(
          cosine.forward(planes.luminance().add(-CENTER), rounding).keep(),
          cosine.forward(halved(planes.blue()).add(-CENTER), rounding).keep(),
          cosine.forward(halved(planes.red()).add(-CENTER), rounding).keep());
    }
  }

  /**
   * What a decoder makes of coefficients, in the current scope.
   *
   * @param clamping of pixels that leave their range
   */
  Tensor pictures(Tensor luminance, Tensor blue, Tensor red, Clamping clamping) {
    try (Scope _ = Scope.open("JPEG pictures")) {
      ColorPlanes planes =
          new ColorPlanes(
              plane(luminance, 1, clamping), color(blue, clamping), color(red, clamping));
      return planes.pixels(rounding, clamping).divide(largest).keep();
    }
  }

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

  private Tensor color(Tensor frequencies, Clamping clamping) {
    Tensor samples = plane(frequencies, subsampling.factor(), clamping);
    return sampling.map(s -> s.doubled(samples, rounding)).orElse(samples);
  }

  /** A plane decoded, without what padding added. */
  private Tensor plane(Tensor frequencies, int factor, Clamping clamping) {
    Tensor samples =
        cosine.inverse(frequencies, padding.height() / factor, padding.width() / factor, rounding);
    return clamping
        .apply(samples.add(CENTER), 0, LARGEST)
        .slice(1, 0, Math.ceilDiv(pictureShape.extent(1), factor))
        .slice(2, 0, Math.ceilDiv(pictureShape.extent(2), factor));
  }

  private static Tensor steps(QuantizationTable table, Device device) {
    return StepTables.of(device, List.of(table)).reshape(QuantizationTable.SIZE).unscoped();
  }
}
