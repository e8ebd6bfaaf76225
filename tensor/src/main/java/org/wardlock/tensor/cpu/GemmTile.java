package org.wardlock.tensor.cpu;

/**
 * The innermost product, of a panel of a and a panel of b, and the copies that lay panels out for
 * it.
 *
 * <p>A panel holds, for each k in turn, the elements of up to {@link #rows} rows of a (or {@link
 * #columns} columns of b), so that the tile reads both operands from front to back.
 */
public interface GemmTile {
  /** Rows of a full panel of a. */
  int rows();

  /** Columns of a full panel of b. */
  int columns();

  /**
   * Computes {@code c = a b}, or {@code c = c + a b}, each element a chain of fma from 0 along k.
   *
   * @param rows of c to write, at most {@link #rows}
   * @param columns of c to write, at most {@link #columns}
   * @param inner length of the chain
   * @param spare room for a full tile
   */
  void multiply(
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
      int spareOffset);

  /**
   * Lays out one panel: {@code panel[k * width + lane] = data[offset + lane * laneStride + k *
   * innerStride]}, where width is {@code lanes} or, in tiles that compute full panels only, {@code
   * fullLanes}; what pads is 0.
   */
  void pack(
      float[] data,
      int offset,
      int laneStride,
      int innerStride,
      int lanes,
      int fullLanes,
      int inner,
      float[] panel,
      int panelOffset);

  /** How many values for each k a panel of some lanes has, as {@link #pack} lays it out. */
  int width(int lanes, int fullLanes);

  /** {@code values[i] += addend[i]}. */
  void add(float[] addend, int addendOffset, float[] values, int offset, int length);
}
