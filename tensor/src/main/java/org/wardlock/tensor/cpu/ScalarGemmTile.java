package org.wardlock.tensor.cpu;

import static org.wardlock.tensor.cpu.Fma.fma;

import java.util.Arrays;

/**
 * The tile without the Vector API, in loops that C2 turns into vector code by itself. It does so
 * only where every array is read and written at one index (otherwise it must fear that a store
 * changes what the next step loads), hence the copies of rows into arrays of their own, and where a
 * value used twice is held in a local. Measured, either is worth a factor of four.
 */
final class ScalarGemmTile implements GemmTile {
  private static final int ROWS = 16;
  private static final int COLUMNS = 256;
  private static final ThreadLocal<Rows> BUFFERS = ThreadLocal.withInitial(Rows::new);

  /** Rows of b that are being multiplied, and the sums. */
  private static final class Rows {
    private final float[] b0 = new float[COLUMNS];
    private final float[] b1 = new float[COLUMNS];
    private final float[] b2 = new float[COLUMNS];
    private final float[] b3 = new float[COLUMNS];
    private final float[][] sums = new float[ROWS][COLUMNS];
  }

  @Override
  public int rows() {
    return ROWS;
  }

  @Override
  public int columns() {
    return COLUMNS;
  }

  @Override
  public void multiply(
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
    Rows buffers = BUFFERS.get();
    float[][] sums = buffers.sums;
    for (int row = 0; row < rows; row++) {
      Arrays.fill(sums[row], 0, columns, 0f);
    }
    int k = 0;
    for (; k + 4 <= inner; k += 4) {
      int from = bOffset + k * columns;
      System.arraycopy(b, from, buffers.b0, 0, columns);
      System.arraycopy(b, from + columns, buffers.b1, 0, columns);
      System.arraycopy(b, from + 2 * columns, buffers.b2, 0, columns);
      System.arraycopy(b, from + 3 * columns, buffers.b3, 0, columns);
      int row = 0;
      for (; row + 2 <= rows; row += 2) {
        addFourToTwo(buffers, a, aOffset + k * rows + row, rows, sums[row], sums[row + 1], columns);
      }
      if (row < rows) {
        addFour(buffers, a, aOffset + k * rows + row, rows, sums[row], columns);
      }
    }
    for (; k < inner; k++) {
      System.arraycopy(b, bOffset + k * columns, buffers.b0, 0, columns);
      for (int row = 0; row < rows; row++) {
        addOne(a[aOffset + k * rows + row], buffers.b0, sums[row], columns);
      }
    }
    for (int row = 0; row < rows; row++) {
      int to = cOffset + row * cStride;
      if (accumulate) {
        System.arraycopy(c, to, buffers.b0, 0, columns);
        addRow(buffers.b0, sums[row], columns);
      }
      System.arraycopy(sums[row], 0, c, to, columns);
    }
  }

  private static void addFourToTwo(
      Rows buffers, float[] a, int at, int stride, float[] sum, float[] nextSum, int columns) {
    float x0 = a[at];
    float x1 = a[at + stride];
    float x2 = a[at + 2 * stride];
    float x3 = a[at + 3 * stride];
    float y0 = a[at + 1];
    float y1 = a[at + stride + 1];
    float y2 = a[at + 2 * stride + 1];
    float y3 = a[at + 3 * stride + 1];
    float[] b0 = buffers.b0;
    float[] b1 = buffers.b1;
    float[] b2 = buffers.b2;
    float[] b3 = buffers.b3;
    for (int j = 0; j < columns; j++) {
      float p0 = b0[j];
      float p1 = b1[j];
      float p2 = b2[j];
      float p3 = b3[j];
      float x = fma(x3, p3, fma(x2, p2, fma(x1, p1, fma(x0, p0, sum[j]))));
      float y = fma(y3, p3, fma(y2, p2, fma(y1, p1, fma(y0, p0, nextSum[j]))));
      sum[j] = x;
      nextSum[j] = y;
    }
  }

  private static void addFour(
      Rows buffers, float[] a, int at, int stride, float[] sum, int columns) {
    float x0 = a[at];
    float x1 = a[at + stride];
    float x2 = a[at + 2 * stride];
    float x3 = a[at + 3 * stride];
    float[] b0 = buffers.b0;
    float[] b1 = buffers.b1;
    float[] b2 = buffers.b2;
    float[] b3 = buffers.b3;
    for (int j = 0; j < columns; j++) {
      sum[j] = fma(x3, b3[j], fma(x2, b2[j], fma(x1, b1[j], fma(x0, b0[j], sum[j]))));
    }
  }

  private static void addOne(float x, float[] b, float[] sum, int columns) {
    for (int j = 0; j < columns; j++) {
      sum[j] = fma(x, b[j], sum[j]);
    }
  }

  private static void addRow(float[] row, float[] sum, int columns) {
    for (int j = 0; j < columns; j++) {
      sum[j] = row[j] + sum[j];
    }
  }

  @Override
  public void pack(
      float[] data,
      int offset,
      int laneStride,
      int innerStride,
      int lanes,
      int fullLanes,
      int inner,
      float[] panel,
      int panelOffset) {
    GemmPacking.pack(
        data, offset, laneStride, innerStride, lanes, lanes, inner, panel, panelOffset);
  }

  @Override
  public int width(int lanes, int fullLanes) {
    return lanes;
  }

  @Override
  public void add(float[] addend, int addendOffset, float[] values, int offset, int length) {
    for (int i = 0; i < length; i++) {
      values[offset + i] += addend[addendOffset + i];
    }
  }
}
