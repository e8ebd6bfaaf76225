package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Eight rows by two vectors, for machines with 32 vector registers: AVX-512, NEON. Sixteen sums
 * hide the latency of fma and each pair of loads from b feeds sixteen of them.
 *
 * <p>The sums are named locals and the stores are written out because C2 keeps vectors in registers
 * only as long as the whole method stays within its node budget and nothing holding a vector
 * escapes into a call it does not inline: arrays, helper methods or a taller tile make it box them,
 * ten times slower. Measure after every edit.
 */
final class EightRowTile extends VectorGemmTile {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int LANES = SPECIES.length();
  private static final int ROWS = 8;
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
    FloatVector sum4Left = FloatVector.zero(SPECIES);
    FloatVector sum4Right = FloatVector.zero(SPECIES);
    FloatVector sum5Left = FloatVector.zero(SPECIES);
    FloatVector sum5Right = FloatVector.zero(SPECIES);
    FloatVector sum6Left = FloatVector.zero(SPECIES);
    FloatVector sum6Right = FloatVector.zero(SPECIES);
    FloatVector sum7Left = FloatVector.zero(SPECIES);
    FloatVector sum7Right = FloatVector.zero(SPECIES);
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
      FloatVector a4 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 4]);
      sum4Left = a4.fma(bLeft, sum4Left);
      sum4Right = a4.fma(bRight, sum4Right);
      FloatVector a5 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 5]);
      sum5Left = a5.fma(bLeft, sum5Left);
      sum5Right = a5.fma(bRight, sum5Right);
      FloatVector a6 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 6]);
      sum6Left = a6.fma(bLeft, sum6Left);
      sum6Right = a6.fma(bRight, sum6Right);
      FloatVector a7 = FloatVector.broadcast(SPECIES, a[aOffset + k * ROWS + 7]);
      sum7Left = a7.fma(bLeft, sum7Left);
      sum7Right = a7.fma(bRight, sum7Right);
    }
    int row0 = cOffset;
    int row1 = cOffset + cStride;
    int row2 = cOffset + 2 * cStride;
    int row3 = cOffset + 3 * cStride;
    int row4 = cOffset + 4 * cStride;
    int row5 = cOffset + 5 * cStride;
    int row6 = cOffset + 6 * cStride;
    int row7 = cOffset + 7 * cStride;
    if (accumulate) {
      sum0Left = sum0Left.add(FloatVector.fromArray(SPECIES, c, row0));
      sum0Right = sum0Right.add(FloatVector.fromArray(SPECIES, c, row0 + LANES));
      sum1Left = sum1Left.add(FloatVector.fromArray(SPECIES, c, row1));
      sum1Right = sum1Right.add(FloatVector.fromArray(SPECIES, c, row1 + LANES));
      sum2Left = sum2Left.add(FloatVector.fromArray(SPECIES, c, row2));
      sum2Right = sum2Right.add(FloatVector.fromArray(SPECIES, c, row2 + LANES));
      sum3Left = sum3Left.add(FloatVector.fromArray(SPECIES, c, row3));
      sum3Right = sum3Right.add(FloatVector.fromArray(SPECIES, c, row3 + LANES));
      sum4Left = sum4Left.add(FloatVector.fromArray(SPECIES, c, row4));
      sum4Right = sum4Right.add(FloatVector.fromArray(SPECIES, c, row4 + LANES));
      sum5Left = sum5Left.add(FloatVector.fromArray(SPECIES, c, row5));
      sum5Right = sum5Right.add(FloatVector.fromArray(SPECIES, c, row5 + LANES));
      sum6Left = sum6Left.add(FloatVector.fromArray(SPECIES, c, row6));
      sum6Right = sum6Right.add(FloatVector.fromArray(SPECIES, c, row6 + LANES));
      sum7Left = sum7Left.add(FloatVector.fromArray(SPECIES, c, row7));
      sum7Right = sum7Right.add(FloatVector.fromArray(SPECIES, c, row7 + LANES));
    }
    sum0Left.intoArray(c, row0);
    sum0Right.intoArray(c, row0 + LANES);
    sum1Left.intoArray(c, row1);
    sum1Right.intoArray(c, row1 + LANES);
    sum2Left.intoArray(c, row2);
    sum2Right.intoArray(c, row2 + LANES);
    sum3Left.intoArray(c, row3);
    sum3Right.intoArray(c, row3 + LANES);
    sum4Left.intoArray(c, row4);
    sum4Right.intoArray(c, row4 + LANES);
    sum5Left.intoArray(c, row5);
    sum5Right.intoArray(c, row5 + LANES);
    sum6Left.intoArray(c, row6);
    sum6Right.intoArray(c, row6 + LANES);
    sum7Left.intoArray(c, row7);
    sum7Right.intoArray(c, row7 + LANES);
  }
}
