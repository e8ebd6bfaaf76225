package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;
import org.wardlock.tensor.cpu.GemmPacking;
import org.wardlock.tensor.cpu.GemmTile;

/**
 * What vector tiles of any height have in common: two vectors wide, always computed whole, panels
 * padded with zeros.
 */
abstract class VectorGemmTile implements GemmTile {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();

  /** {@link #multiply} of a full tile. */
  abstract void multiplyFull(
      int inner,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      int cStride,
      boolean accumulate);

  @Override
  public final void multiply(
      int rows,
      int columns,
      int inner,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      int cStride,
      boolean accumulate,
      float[] spare,
      int spareOffset) {
    if (rows == rows() && columns == columns()) {
      multiplyFull(inner, a, aOffset, b, bOffset, c, cOffset, cStride, accumulate);
      return;
    }
    multiplyFull(inner, a, aOffset, b, bOffset, spare, spareOffset, columns(), false);
    for (int row = 0; row < rows; row++) {
      int from = spareOffset + row * columns();
      int to = cOffset + row * cStride;
      if (accumulate) {
        add(spare, from, c, to, columns);
      } else {
        System.arraycopy(spare, from, c, to, columns);
      }
    }
  }

  @Override
  public final void pack(
      float[] data,
      int offset,
      int laneStride,
      int innerStride,
      int lanes,
      int fullLanes,
      int inner,
      float[] panel,
      int panelOffset) {
    if (innerStride == 1 && laneStride != 1) {
      PanelPacking.packTransposed(
          data, offset, laneStride, lanes, fullLanes, inner, panel, panelOffset);
    } else if (laneStride == 1 && lanes == fullLanes && fullLanes == columns()) {
      PanelPacking.packColumns(data, offset, innerStride, inner, panel, panelOffset);
    } else if (laneStride == 1 && lanes == fullLanes && fullLanes == rows()) {
      PanelPacking.packRows(data, offset, innerStride, fullLanes, inner, panel, panelOffset);
    } else {
      GemmPacking.pack(
          data, offset, laneStride, innerStride, lanes, fullLanes, inner, panel, panelOffset);
    }
  }

  @Override
  public final int width(int lanes, int fullLanes) {
    return fullLanes;
  }

  @Override
  public final void add(float[] addend, int addendOffset, float[] values, int offset, int length) {
    int i = 0;
    for (; i <= length - LANES; i += LANES) {
      FloatVector.fromArray(SPECIES, values, offset + i)
          .add(FloatVector.fromArray(SPECIES, addend, addendOffset + i))
          .intoArray(values, offset + i);
    }
    for (; i < length; i++) {
      values[offset + i] += addend[addendOffset + i];
    }
  }
}
