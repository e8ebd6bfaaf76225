package org.wardlock.defense.compress;

import java.util.function.UnaryOperator;

/**
 * The two tables of a JPEG picture.
 *
 * @param luminance for brightness
 * @param chrominance for both colour differences
 */
public record JpegTables(QuantizationTable luminance, QuantizationTable chrominance) {
  /**
   * What libjpeg uses at a quality.
   *
   * @param quality 1, coarse, to 100, all steps 1
   */
  public static JpegTables quality(int quality) {
    return new JpegTables(
        QuantizationTable.luminance(quality), QuantizationTable.chrominance(quality));
  }

  /**
   * Both tables scaled as libjpeg does.
   *
   * @param percent 0 or more; 100 changes nothing
   */
  public JpegTables scaled(int percent) {
    return mapped(table -> table.scaled(percent));
  }

  private JpegTables mapped(UnaryOperator<QuantizationTable> function) {
    return new JpegTables(function.apply(luminance), function.apply(chrominance));
  }
}
