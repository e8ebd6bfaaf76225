package org.wardlock.tensor.cpu;

import java.util.Arrays;

/**
 * Convolves planes (one channel of one picture) for one task, in memory taken once for all of them.
 *
 * <p>A plane is first copied between columns of zeros, so that no tap needs to know where the
 * picture ends.
 */
public abstract class PlaneWorker implements AutoCloseable {
  /** Lanes that a sum over positions is kept in. */
  public static final int LANES = 16;

  /** Extents of the convolution. */
  protected final DepthwiseKernel.Extents extents;

  /** Where memory comes from. */
  protected final KernelContext context;

  /** Columns that are computed: the width, or somewhat more. */
  protected final int columns;

  /** Distance of rows of {@link #padded}: columns and padding on both sides. */
  protected final int stride;

  /** The loaded plane between columns of zeros. */
  protected final float[] padded;

  /**
   * Takes memory.
   *
   * @param columns to compute, at least the width
   */
  protected PlaneWorker(DepthwiseKernel.Extents extents, int columns, KernelContext context) {
    this.extents = extents;
    this.context = context;
    this.columns = columns;
    stride = columns + 2 * extents.padding();
    padded = context.take(extents.height() * stride);
    Arrays.fill(padded, 0, extents.height() * stride, 0f);
  }

  /** Makes {@code x} the plane to work on. */
  public final void load(float[] x, int offset) {
    copyRows(x, offset, extents.width(), padded, extents.padding(), stride);
  }

  /**
   * Copies the rows of a plane, {@code width} values each, from and to rows that lie some stride
   * apart.
   */
  protected void copyRows(
      float[] from, int fromOffset, int fromStride, float[] to, int toOffset, int toStride) {
    for (int row = 0; row < extents.height(); row++) {
      System.arraycopy(
          from, fromOffset + row * fromStride, to, toOffset + row * toStride, extents.width());
    }
  }

  /**
   * Writes the convolution of the loaded plane.
   *
   * @param taps the filter, in ascending order of (ky, kx)
   * @param start what every chain begins with
   */
  public abstract void convolve(float[] taps, float start, float[] out, int outOffset);

  /**
   * Adds, for each tap, the products of the loaded plane and a gradient to the tap's lanes.
   *
   * @param lanes {@link #LANES} for each tap; those beyond the width of a plane may end with any
   *     value
   */
  public abstract void correlate(float[] g, int gOffset, float[] lanes, int lanesOffset);

  @Override
  public void close() {
    context.release(padded);
  }
}
