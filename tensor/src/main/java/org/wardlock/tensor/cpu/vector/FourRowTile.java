package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Four rows by two vectors, for machines with 16 vector registers: AVX2. Eight sums just hide the
 * latency of fma; with twelve, C2 spills.
 *
 * <p>The sums are named locals and the stores are written out because C2 keeps vectors in registers
 * only as long as the whole method stays within its node budget and nothing holding a vector
 * escapes into a call it does not inline: arrays, helper methods or a taller tile make it box them,
 * ten times slower. Measure after every edit.
 */
final class FourRowTile extends VectorGemmTile {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS = 4;
  private static final int COLUMNS = 2 * LANES;

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  void multiplyFull(
      int inner,
      float[] a,
      int aOffset,
      float[] b,
      int bOffset,
      float[] c,
      int cOffset,
      int cStride,
      boolean accumulate) {
    FloatVector sum0Left = FloatVector.zero(SPECIES);
    FloatVector sum0Right = FloatVector.zero(SPECIES);
    FloatVector sum1Left = FloatVector.zero(SPECIES);
    FloatVector sum1Right = FloatVector.zero(SPECIES);
    FloatVector sum2Left = FloatVector.zero(SPECIES);
    FloatVector sum2Right = FloatVector.zero(SPECIES);
    FloatVector sum3Left = FloatVector.zero(SPECIES);
    FloatVector sum3Right = FloatVector.zero(SPECIES);
    for (int k = 0; k < inner; k++) {
      FloatVector bLeft = FloatVector.fromArray(SPECIES, b, bOffset + k * COLUMNS);
      FloatVector bRight = FloatVector.fromArray(SPECIES, b, bOffset + k * COLUMNS + LANES);
      FloatVector a0 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS]);
      sum0Left = a0.fma(bLeft, sum0Left);
      sum0Right = a0.fma(bRight, sum0Right);
      FloatVector a1 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 1]);
      sum1Left = a1.fma(bLeft, sum1Left);
      sum1Right = a1.fma(bRight, sum1Right);
      FloatVector a2 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 2]);
      sum2Left = a2.fma(bLeft, sum2Left);
      sum2Right = a2.fma(bRight, sum2Right);
      FloatVector a3 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 3]);
      sum3Left = a3.fma(bLeft, sum3Left);
      sum3Right = a3.fma(bRight, sum3Right);
    }
    int row0 = cOffset;
    int row1 = cOffset + cStride;
    int row2 = cOffset + 2 * cStride;
    int row3 = cOffset + 3 * cStride;
    if (accumulate) {
      sum0Left = sum0Left.add(FloatVector.fromArray(SPECIES, c, row0));
      sum0Right = sum0Right.add(FloatVector.fromArray(SPECIES, c, row0 + LANES));
      sum1Left = sum1Left.add(FloatVector.fromArray(SPECIES, c, row1));
      sum1Right = sum1Right.add(FloatVector.fromArray(SPECIES, c, row1 + LANES));
      sum2Left = sum2Left.add(FloatVector.fromArray(SPECIES, c, row2));
      sum2Right = sum2Right.add(FloatVector.fromArray(SPECIES, c, row2 + LANES));
      sum3Left = sum3Left.add(FloatVector.fromArray(SPECIES, c, row3));
      sum3Right = sum3Right.add(FloatVector.fromArray(SPECIES, c, row3 + LANES));
    }
    sum0Left.intoArray(c, row0);
    sum0Right.intoArray(c, row0 + LANES);
    sum1Left.intoArray(c, row1);
    sum1Right.intoArray(c, row1 + LANES);
    sum2Left.intoArray(c, row2);
    sum2Right.intoArray(c, row2 + LANES);
    sum3Left.intoArray(c, row3);
    sum3Right.intoArray(c, row3 + LANES);
  }
}
