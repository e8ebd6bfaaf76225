package org.wardlock.tensor.cpu;

import java.util.Arrays;

/**
 * Planes without the Vector API. C2 turns the loops of a convolution into vector code only if every
 * array is read and written at one index, so each tap first shifts the plane by a copy.
 */
public final class ScalarPlaneWorker extends PlaneWorker {
  private final int size;
  private final float[] sums;
  private final float[] shifted0;
  private final float[] shifted1;
  private final float[] shifted2;
  private final float[] gradient;

  /** Takes memory for planes of these extents. */
  public ScalarPlaneWorker(DepthwiseKernel.Extents extents, KernelContext context) {
    super(extents, extents.width(), context);
    // Behind the last row, a shifted plane reads on by as much as the padding.
    size = extents.height() * stride;
    sums = context.take(size);
    shifted0 = context.take(size);
    shifted1 = context.take(size);
    shifted2 = context.take(size);
    gradient = context.take(paddedGradient());
    Arrays.fill(gradient, 0, paddedGradient(), 0f);
  }

  private int paddedGradient() {
    return (extents.height() + 2 * extents.padding()) * extents.width();
  }

  @Override
  public void convolve(float[] taps, float start, float[] out, int outOffset) {
    Arrays.fill(sums, 0, size, start);
    for (int ky = 0; ky < extents.kernel(); ky++) {
      // Rows of out whose tap lies inside the picture.
      int firstRow = Math.max(0, extents.padding() - ky);
      int endRow = Math.min(extents.height(), extents.height() + extents.padding() - ky);
      if (firstRow < endRow) {
        addTapRow(taps, ky, firstRow * stride, (endRow - 1) * stride + extents.width());
      }
    }
    copyRows(sums, 0, stride, out, outOffset, extents.width());
  }

  private void addTapRow(float[] taps, int ky, int from, int to) {
    int shift = (ky - extents.padding()) * stride;
    int tap = ky * extents.kernel();
    System.arraycopy(padded, from + shift, shifted0, from, to - from);
    addOne(taps[tap], shifted0, sums, from, to);
    // The kernel is odd: pairs are left.
    for (int kx = 1; kx < extents.kernel(); kx += 2) {
      System.arraycopy(padded, from + shift + kx, shifted1, from, to - from);
      System.arraycopy(padded, from + shift + kx + 1, shifted2, from, to - from);
      addTwo(taps[tap + kx], shifted1, taps[tap + kx + 1], shifted2, sums, from, to);
    }
  }

  private static void addOne(float tap, float[] x, float[] sums, int from, int to) {
    for (int i = from; i < to; i++) {
      sums[i] = Fma.fma(x[i], tap, sums[i]);
    }
  }

  private static void addTwo(
      float tap1, float[] x1, float tap2, float[] x2, float[] sums, int from, int to) {
    for (int i = from; i < to; i++) {
      sums[i] = Fma.fma(x2[i], tap2, Fma.fma(x1[i], tap1, sums[i]));
    }
  }

  @Override
  public void correlate(float[] g, int gOffset, float[] lanes, int lanesOffset) {
    int kernel = extents.kernel();
    int width = extents.width();
    copyRows(g, gOffset, width, gradient, extents.padding() * width, width);
    for (int tap = 0; tap < extents.taps(); tap++) {
      int xAt = tap % kernel;
      int gAt = (kernel - 1 - tap / kernel) * extents.width();
      for (int column = 0; column < extents.width(); ) {
        int lane = lanesOffset + tap * LANES + column % LANES;
        if (column + 4 <= extents.width()) {
          addFourChains(lanes, lane, xAt + column, gAt + column);
          column += 4;
        } else {
          addChain(lanes, lane, xAt + column, gAt + column);
          column++;
        }
      }
    }
  }

  /** Four at a time hide the latency of fma. */
  private void addFourChains(float[] lanes, int lane, int xAt, int gAt) {
    float sum0 = lanes[lane];
    float sum1 = lanes[lane + 1];
    float sum2 = lanes[lane + 2];
    float sum3 = lanes[lane + 3];
    for (int row = 0; row < extents.height(); row++) {
      int x = xAt + row * stride;
      int g = gAt + row * extents.width();
      sum0 = Fma.fma(padded[x], gradient[g], sum0);
      sum1 = Fma.fma(padded[x + 1], gradient[g + 1], sum1);
      sum2 = Fma.fma(padded[x + 2], gradient[g + 2], sum2);
      sum3 = Fma.fma(padded[x + 3], gradient[g + 3], sum3);
    }
    lanes[lane] = sum0;
    lanes[lane + 1] = sum1;
    lanes[lane + 2] = sum2;
    lanes[lane + 3] = sum3;
  }

  private void addChain(float[] lanes, int lane, int xAt, int gAt) {
    float sum = lanes[lane];
    for (int row = 0; row < extents.height(); row++) {
      sum = Fma.fma(padded[xAt + row * stride], gradient[gAt + row * extents.width()], sum);
    }
    lanes[lane] = sum;
  }

  @Override
  public void close() {
    context.release(sums);
    context.release(shifted0);
    context.release(shifted1);
    context.release(shifted2);
    context.release(gradient);
    super.close();
  }
}
