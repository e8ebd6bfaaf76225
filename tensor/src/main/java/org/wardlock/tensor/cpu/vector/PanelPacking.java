package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;
import org.wardlock.tensor.cpu.GemmPacking;

/**
 * Laying out panels by the Vector API: {@link org.wardlock.tensor.cpu.GemmTile#pack}, case by case.
 */
final class PanelPacking {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** Rows of a tile fill half a vector of AVX-512 or AVX2, and two whole ones of NEON. */
  private static final VectorSpecies<Float> ROWS =
      SPECIES.vectorBitSize() >= 512 ? FloatVector.SPECIES_256 : FloatVector.SPECIES_128;

  /** Every machine has vectors of four. */
  private static final VectorSpecies<Float> FOUR = FloatVector.SPECIES_128;

  private static final VectorShuffle<Float> RIGHT_BY_ONE =
      VectorShuffle.fromValues(FOUR, 3, 0, 1, 2);
  private static final VectorShuffle<Float> BY_TWO = VectorShuffle.fromValues(FOUR, 2, 3, 0, 1);
  private static final VectorShuffle<Float> LEFT_BY_ONE =
      VectorShuffle.fromValues(FOUR, 1, 2, 3, 0);
  private static final VectorMask<Float> ODD = VectorMask.fromLong(FOUR, 0b1010);
  private static final VectorMask<Float> UPPER = VectorMask.fromLong(FOUR, 0b1100);

  private PanelPacking() {}

  /** A full panel of columns that are neighbours. */
  static void packColumns(
      float[] data, int offset, int innerStride, int inner, float[] panel, int panelOffset) {
    for (int k = 0; k < inner; k++) {
      int from = offset + k * innerStride;
      int to = panelOffset + k * 2 * LANES;
      FloatVector left = FloatVector.fromArray(SPECIES, data, from);
      FloatVector right = FloatVector.fromArray(SPECIES, data, from + LANES);
      left.intoArray(panel, to);
      right.intoArray(panel, to + LANES);
    }
  }

  /** A full panel of rows that are neighbours (those of a transposed operand). */
  static void packRows(
      float[] data,
      int offset,
      int innerStride,
      int width,
      int inner,
      float[] panel,
      int panelOffset) {
    for (int lane = 0; lane < width; lane += ROWS.length()) {
      int from = offset + lane;
      int to = panelOffset + lane;
      for (int k = 0; k < inner; k++) {
        FloatVector.fromArray(ROWS, data, from).intoArray(panel, to);
        from += innerStride;
        to += width;
      }
    }
  }

  /** A panel whose lanes are contiguous along k. */
  static void packTransposed(
      float[] data,
      int offset,
      int laneStride,
      int lanes,
      int width,
      int inner,
      float[] panel,
      int panelOffset) {
    int wholeLanes = lanes / 4 * 4;
    int wholeInner = inner / 4 * 4;
    for (int lane = 0; lane < wholeLanes; lane += 4) {
      transpose(
          data,
          offset + lane * laneStride,
          laneStride,
          wholeInner,
          panel,
          panelOffset + lane,
          width);
    }
    if (wholeInner < inner) {
      GemmPacking.pack(
          data,
          offset + wholeInner,
          laneStride,
          1,
          wholeLanes,
          width,
          inner - wholeInner,
          panel,
          panelOffset + wholeInner * width);
    }
    if (wholeLanes < width) {
      GemmPacking.packLanes(
          data, offset, laneStride, 1, wholeLanes, lanes, width, inner, panel, panelOffset);
    }
  }

  /**
   * Four lanes, four values of k at a time. Lane i is turned by i, so that the four values that
   * belong together lie in four different places; blends collect them, and a turn back puts them in
   * order: fewer shuffles than by interleaving.
   */
  private static void transpose(
      float[] data,
      int from,
      int laneStride,
      int inner,
      float[] panel,
      int panelOffset,
      int width) {
    int to = panelOffset;
    for (int k = 0; k < inner; k += 4) {
      int at = from + k;
      FloatVector lane0 = FloatVector.fromArray(FOUR, data, at);
      FloatVector lane1 =
          FloatVector.fromArray(FOUR, data, at + laneStride).rearrange(RIGHT_BY_ONE);
      FloatVector lane2 = FloatVector.fromArray(FOUR, data, at + 2 * laneStride).rearrange(BY_TWO);
      FloatVector lane3 =
          FloatVector.fromArray(FOUR, data, at + 3 * laneStride).rearrange(LEFT_BY_ONE);
      FloatVector from01 = lane0.blend(lane1, ODD);
      FloatVector from23 = lane2.blend(lane3, ODD);
      FloatVector from30 = lane3.blend(lane0, ODD);
      FloatVector from12 = lane1.blend(lane2, ODD);
      from01.blend(from23, UPPER).intoArray(panel, to);
      from30.blend(from12, UPPER).rearrange(LEFT_BY_ONE).intoArray(panel, to + width);
      from23.blend(from01, UPPER).rearrange(BY_TWO).intoArray(panel, to + 2 * width);
      from12.blend(from30, UPPER).rearrange(RIGHT_BY_ONE).intoArray(panel, to + 3 * width);
      to += 4 * width;
    }
  }
}
