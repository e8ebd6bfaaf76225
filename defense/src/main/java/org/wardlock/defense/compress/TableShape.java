package org.wardlock.defense.compress;

import static org.wardlock.defense.compress.QuantizationTable.SIZE;

import java.util.function.DoubleUnaryOperator;
import java.util.function.ToDoubleFunction;

/**
 * Which coefficients are rounded more coarsely than others, whatever the size of a file: steps of
 * brightness and colour as real numbers, to be scaled.
 */
public final class TableShape {
  private static final double LARGEST_STEP = 255;
  private static final int BISECTIONS = 24;

  private final double[] luminance;
  private final double[] chrominance;

  private TableShape(double[] luminance, double[] chrominance) {
    this.luminance = luminance;
    this.chrominance = chrominance;
  }

  /** The shape of given tables. */
  public static TableShape of(JpegTables tables) {
    return new TableShape(toDoubles(tables.luminance()), toDoubles(tables.chrominance()));
  }

  /**
   * Steps that fall with the spread of a coefficient, in three pieces: DeepN-JPEG (Liu et al., DAC
   * 2018), with the constants of published re-implementations.
   */
  public static TableShape ofDeviations(CoefficientProfile deviations) {
    return new TableShape(
        mapped(deviations.luminance(), TableShape::deepStep),
        mapped(deviations.chrominance(), TableShape::deepStep));
  }

  private static double deepStep(double deviation) {
    double step;
    if (deviation <= 20) {
      step = 255 - 9.75 * deviation;
    } else if (deviation <= 60) {
      step = 80 - deviation;
    } else {
      step = 240 - 3 * deviation;
    }
    return Math.max(step, 5);
  }

  /**
   * Steps in inverse proportion to how much a classifier's loss depends on a coefficient. Rounding
   * to steps q adds noise of variance q^2 / 12, which raises the loss, to second order in the
   * gradient g, in proportion to g^2 q^2, and saves log2 q bits: for a given number of bits the sum
   * of the former is least where g q is the same for all coefficients.
   *
   * @param gradients of which those below a hundredth of the largest are taken for that
   */
  public static TableShape ofGradients(CoefficientProfile gradients) {
    double largest = 0;
    for (int i = 0; i < SIZE; i++) {
      largest = Math.max(largest, Math.max(gradients.luminance()[i], gradients.chrominance()[i]));
    }
    if (largest == 0) {
      throw new IllegalArgumentException(
          "table shape: found no gradient towards any coefficient; expected a classifier that"
              + " depends on its pictures");
    }
    double least = largest / 100;
    double most = largest;
    DoubleUnaryOperator step = gradient -> most / Math.max(gradient, least);
    return new TableShape(
        mapped(gradients.luminance(), step), mapped(gradients.chrominance(), step));
  }

  /**
   * Tables of this shape.
   *
   * @param scale all steps are multiplied by, then rounded and kept within 1 to 255
   */
  public JpegTables scaled(double scale) {
    return new JpegTables(table(luminance, scale), table(chrominance, scale));
  }

  /**
   * The finest tables of this shape that cost no more than they may.
   *
   * @param bytes that they may cost
   * @param cost of tables, such as the mean size of files; it does not rise with the scale
   * @throws IllegalArgumentException if even steps of 255 cost more
   */
  public JpegTables within(double bytes, ToDoubleFunction<JpegTables> cost) {
    double coarse = coarsest();
    if (cost.applyAsDouble(scaled(coarse)) > bytes) {
      throw new IllegalArgumentException(
          "table shape: found no tables that cost at most %.1f bytes; the coarsest cost %.1f"
              .formatted(bytes, cost.applyAsDouble(scaled(coarse))));
    }
    double fine = coarse / (LARGEST_STEP * LARGEST_STEP * LARGEST_STEP);
    for (int i = 0; i < BISECTIONS; i++) {
      double middle = Math.sqrt(fine * coarse);
      if (cost.applyAsDouble(scaled(middle)) <= bytes) {
        coarse = middle;
      } else {
        fine = middle;
      }
    }
    return scaled(coarse);
  }

  /** A scale at which every step is 255. */
  private double coarsest() {
    double smallest = Double.POSITIVE_INFINITY;
    for (int i = 0; i < SIZE; i++) {
      smallest = Math.min(smallest, Math.min(luminance[i], chrominance[i]));
    }
    return LARGEST_STEP / smallest;
  }

  private static QuantizationTable table(double[] steps, double scale) {
    var rounded = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      rounded[i] = (int) Math.clamp(Math.round(steps[i] * scale), 1L, (long) LARGEST_STEP);
    }
    return QuantizationTable.of(rounded);
  }

  private static double[] toDoubles(QuantizationTable table) {
    int[] steps = table.toArray();
    var values = new double[SIZE];
    for (int i = 0; i < SIZE; i++) {
      values[i] = steps[i];
    }
    return values;
  }

  private static double[] mapped(double[] values, DoubleUnaryOperator function) {
    var mapped = new double[SIZE];
    for (int i = 0; i < SIZE; i++) {
      mapped[i] = function.applyAsDouble(values[i]);
    }
    return mapped;
  }
}
