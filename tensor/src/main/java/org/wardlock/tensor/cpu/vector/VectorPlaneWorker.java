package org.wardlock.tensor.cpu.vector;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorSpecies;
import org.wardlock.tensor.cpu.DepthwiseKernel;
import org.wardlock.tensor.cpu.KernelContext;
import org.wardlock.tensor.cpu.PlaneWorker;
import org.wardlock.tensor.cpu.ScalarPlaneWorker;

/** Planes in strips of one vector. */
final class VectorPlaneWorker extends PlaneWorker {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;
  private static final int VECTOR = SPECIES.length();

  /** Results, where their rows are no multiple of the vector; else unused. */
  private final float[] wide;

  /** The gradient between rows of zeros. */
  private final float[] gradient;

  /** Lanes as they were, where the last of several strips reaches beyond the width. */
  private final float[] before;

  private VectorPlaneWorker(DepthwiseKernel.Extents extents, KernelContext context) {
    super(extents, roundUp(extents.width(), VECTOR), context);
    wide = context.take(extents.height() * columns);
    gradient = context.take(paddedGradient());
    Arrays.fill(gradient, 0, paddedGradient(), 0f);
    before = context.take(extents.taps() * LANES);
  }

  /** A worker for these extents: vectors where there is a strip for the filter. */
  static PlaneWorker open(DepthwiseKernel.Extents extents, KernelContext context) {
    return ConvolutionStrips.supports(extents.kernel())
        ? new VectorPlaneWorker(extents, context)
        : new ScalarPlaneWorker(extents, context);
  }

  private static int roundUp(int extent, int multiple) {
    return (extent + multiple - 1) / multiple * multiple;
  }

  private int paddedGradient() {
    return (extents.height() + 2 * extents.padding()) * columns;
  }

  /** Rows are short: calls of arraycopy would take longer than the convolution. */
  @Override
  protected void copyRows(
      float[] from, int fromOffset, int fromStride, float[] to, int toOffset, int toStride) {
    int whole = extents.width() / VECTOR * VECTOR;
    for (int column = 0; column < whole; column += VECTOR) {
      for (int row = 0; row < extents.height(); row++) {
        FloatVector.fromArray(SPECIES, from, fromOffset + row * fromStride + column)
            .intoArray(to, toOffset + row * toStride + column);
      }
    }
    if (whole < extents.width()) {
      VectorMask<Float> rest = SPECIES.indexInRange(whole, extents.width());
      for (int row = 0; row < extents.height(); row++) {
        FloatVector.fromArray(SPECIES, from, fromOffset + row * fromStride + whole, rest)
            .intoArray(to, toOffset + row * toStride + whole, rest);
      }
    }
  }

  @Override
  public void convolve(float[] taps, float start, float[] out, int outOffset) {
    boolean fits = columns == extents.width();
    float[] target = fits ? out : wide;
    int targetOffset = fits ? outOffset : 0;
    for (int column = 0; column < columns; column += VECTOR) {
      ConvolutionStrips.convolve(
          extents.kernel(),
          extents.height(),
          padded,
          column,
          stride,
          taps,
          start,
          target,
          targetOffset + column,
          columns);
    }
    if (!fits) {
      copyRows(wide, 0, columns, out, outOffset, extents.width());
    }
  }

  @Override
  public void correlate(float[] g, int gOffset, float[] lanes, int lanesOffset) {
    copyRows(g, gOffset, extents.width(), gradient, extents.padding() * columns, columns);
    int kernel = extents.kernel();
    int whole = extents.width() / VECTOR * VECTOR;
    for (int column = 0; column < whole; column += VECTOR) {
      correlateStrip(column, lanes, lanesOffset);
    }
    if (whole < columns && columns <= LANES) {
      correlateStrip(whole, lanes, lanesOffset);
    } else if (whole < columns) {
      System.arraycopy(lanes, lanesOffset, before, 0, extents.taps() * LANES);
      correlateStrip(whole, lanes, lanesOffset);
      int lane = whole % LANES;
      int valid = extents.width() - whole;
      for (int tap = 0; tap < kernel * kernel; tap++) {
        int from = tap * LANES + lane + valid;
        System.arraycopy(before, from, lanes, lanesOffset + from, VECTOR - valid);
      }
    }
  }

  private void correlateStrip(int column, float[] lanes, int lanesOffset) {
    int kernel = extents.kernel();
    for (int kx = 0; kx < kernel; kx++) {
      CorrelationStrips.correlate(
          kernel,
          extents.height(),
          padded,
          column + kx,
          stride,
          gradient,
          column,
          columns,
          lanes,
          lanesOffset + kx * LANES + column % LANES,
          kernel * LANES);
    }
  }

  @Override
  public void close() {
    context.release(wide);
    context.release(gradient);
    context.release(before);
    super.close();
  }
}
