package org.wardlock.defense.compress;

import java.util.Arrays;

/**
 * The steps by which JPEG rounds the 64 coefficients of a block, 1 to 255 each, row by row: the
 * first is the mean's, the frequency across rises along a row, the frequency down along a column.
 */
public final class QuantizationTable {
  /** The rows and columns of a block. */
  public static final int SIDE = 8;

  /** The coefficients of a block. */
  public static final int SIZE = SIDE * SIDE;

  private static final int LARGEST_STEP = 255;

  /** ITU-T T.81, table K.1. */
  private static final QuantizationTable LUMINANCE =
      of(
          16, 11, 10, 16, 24, 40, 51, 61, //
          12, 12, 14, 19, 26, 58, 60, 55, //
          14, 13, 16, 24, 40, 57, 69, 56, //
          14, 17, 22, 29, 51, 87, 80, 62, //
          18, 22, 37, 56, 68, 109, 103, 77, //
          24, 35, 55, 64, 81, 104, 113, 92, //
          49, 64, 78, 87, 103, 121, 120, 101, //
          72, 92, 95, 98, 112, 100, 103, 99);

  /** ITU-T T.81, table K.2. */
  private static final QuantizationTable CHROMINANCE =
      of(
          17, 18, 24, 47, 99, 99, 99, 99, //
          18, 21, 26, 66, 99, 99, 99, 99, //
          24, 26, 56, 99, 99, 99, 99, 99, //
          47, 66, 99, 99, 99, 99, 99, 99, //
          99, 99, 99, 99, 99, 99, 99, 99, //
          99, 99, 99, 99, 99, 99, 99, 99, //
          99, 99, 99, 99, 99, 99, 99, 99, //
          99, 99, 99, 99, 99, 99, 99, 99);

  private final int[] steps;

  private QuantizationTable(int... steps) {
    this.steps = steps;
  }

  /**
   * A table of given steps.
   *
   * @param steps 64, row by row, 1 to 255
   */
  public static QuantizationTable of(int... steps) {
    if (steps.length != SIZE) {
      throw new IllegalArgumentException(
          "quantisation table: found %d steps; expected %d".formatted(steps.length, SIZE));
    }
    for (int step : steps) {
      if (step < 1 || step > LARGEST_STEP) {
        throw new IllegalArgumentException(
            "quantisation table: found a step of %d; expected 1 to %d"
                .formatted(step, LARGEST_STEP));
      }
    }
    return new QuantizationTable(steps.clone());
  }

  /** The same step everywhere. */
  public static QuantizationTable flat(int step) {
    var steps = new int[SIZE];
    Arrays.fill(steps, step);
    return of(steps);
  }

  /**
   * What libjpeg uses for brightness at a quality.
   *
   * @param quality 1 to 100
   */
  public static QuantizationTable luminance(int quality) {
    return LUMINANCE.scaled(percentOf(quality));
  }

  /**
   * What libjpeg uses for colour at a quality.
   *
   * @param quality 1 to 100
   */
  public static QuantizationTable chrominance(int quality) {
    return CHROMINANCE.scaled(percentOf(quality));
  }

  /** The scale that libjpeg takes a quality for. */
  private static int percentOf(int quality) {
    if (quality < 1 || quality > 100) {
      throw new IllegalArgumentException(
          "JPEG quality: found %d; expected 1 to 100".formatted(quality));
    }
    return quality < 50 ? 5000 / quality : 200 - 2 * quality;
  }

  /**
   * All steps scaled as libjpeg does: in whole numbers, kept within 1 to 255.
   *
   * @param percent 0 or more; 100 changes nothing
   */
  public QuantizationTable scaled(int percent) {
    if (percent < 0) {
      throw new IllegalArgumentException(
          "quantisation table: found a scale of %d %%; expected 0 or more".formatted(percent));
    }
    var scaled = new int[SIZE];
    for (int i = 0; i < SIZE; i++) {
      scaled[i] = Math.clamp(((long) steps[i] * percent + 50) / 100, 1, LARGEST_STEP);
    }
    return new QuantizationTable(scaled);
  }

  /**
   * One step.
   *
   * @param row frequency down, 0 to 7
   * @param column frequency across, 0 to 7
   */
  public int step(int row, int column) {
    return steps[row * SIDE + column];
  }

  /** All 64 steps, row by row. */
  public int[] toArray() {
    return steps.clone();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof QuantizationTable table && Arrays.equals(steps, table.steps);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(steps);
  }

  @Override
  public String toString() {
    return Arrays.toString(steps);
  }
}
