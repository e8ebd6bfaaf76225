package org.wardlock.defense.compress;

import static org.wardlock.defense.compress.QuantizationTable.SIDE;
import static org.wardlock.defense.compress.QuantizationTable.SIZE;

import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * The discrete cosine transform of 8 by 8 blocks and its inverse, each in two passes that round as
 * libjpeg's accurate whole-number transform does: to a quarter of its unit after the first pass, to
 * its unit after the second. Without that, one coefficient in twenty would be rounded to another
 * step than an encoder's where steps are 1.
 */
final class BlockCosine {
  /**
   * The weights of the positions of a line for each of its frequencies, in {@link #PARTS}:
   * libjpeg's, in which those of one angle differ by a part here and there.
   */
  private static final int[][] WEIGHTS = {
    {8192, 8192, 8192, 8192, 8192, 8192, 8192, 8192},
    {11363, 9633, 6437, 2260, -2260, -6437, -9633, -11363},
    {10703, 4433, -4433, -10703, -10703, -4433, 4433, 10703},
    {9633, -2259, -11362, -6436, 6436, 11362, 2259, -9633},
    {8192, -8192, -8192, 8192, 8192, -8192, -8192, 8192},
    {6437, -11362, 2261, 9633, -9633, -2261, 11362, -6437},
    {4433, -10704, 10704, -4433, -4433, 10704, -10704, 4433},
    {2260, -6436, 9633, -11363, 11363, -9633, 6436, -2260}
  };

  private static final int PARTS = 1 << 13;

  /** Between the passes values keep two bits below the unit. */
  private static final float KEPT = 4;

  /** Both passes together leave values larger by this than an orthonormal transform. */
  private static final float GROWTH = SIDE;

  private final Tensor rows;
  private final Tensor columns;
  private final Tensor inverseColumns;
  private final Tensor inverseRows;

  /** On a device, until it is released. */
  BlockCosine(Device device) {
    this.rows = matrix(device, true, KEPT);
    this.columns = matrix(device, false, 1 / KEPT);
    this.inverseColumns = matrix(device, false, KEPT);
    this.inverseRows = matrix(device, true, 1 / (KEPT * GROWTH));
  }

  /**
   * Cuts planes into blocks and transforms them.
   *
   * @param planes (N, height, width), both multiples of 8
   * @return (N * blocks, 64), blocks row by row, multiples of an eighth
   */
  Tensor forward(Tensor planes, Rounding rounding) {
    Tensor first = Tensor.apply(rounding, Blocks.of(planes).matmul(rows.transpose()));
    return Tensor.apply(rounding, first.matmul(columns.transpose())).multiply(1 / GROWTH);
  }

  /**
   * The inverse: blocks back to planes.
   *
   * @param coefficients (N * blocks, 64)
   * @return (N, height, width), whole numbers
   */
  Tensor inverse(Tensor coefficients, int height, int width, Rounding rounding) {
    Tensor first = Tensor.apply(rounding, coefficients.matmul(inverseColumns));
    return Blocks.joined(Tensor.apply(rounding, first.matmul(inverseRows)), height, width);
  }

  void release() {
    rows.release();
    columns.release();
    inverseColumns.release();
    inverseRows.release();
  }

  /** The transform of every row, or of every column, of a block: (frequency, position). */
  private static Tensor matrix(Device device, boolean ofRows, float scale) {
    var values = new float[SIZE * SIZE];
    for (int line = 0; line < SIDE; line++) {
      for (int frequency = 0; frequency < SIDE; frequency++) {
        for (int position = 0; position < SIDE; position++) {
          int to = ofRows ? line * SIDE + frequency : frequency * SIDE + line;
          int from = ofRows ? line * SIDE + position : position * SIDE + line;
          values[to * SIZE + from] = scale * WEIGHTS[frequency][position] / PARTS;
        }
      }
    }
    return Tensor.of(device, Shape.of(SIZE, SIZE), values).unscoped();
  }
}
