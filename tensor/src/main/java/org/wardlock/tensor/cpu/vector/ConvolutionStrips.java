package org.wardlock.tensor.cpu.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorSpecies;

/**
 * Convolves a strip of a plane, one vector wide, from the top row to the bottom row.
 *
 * <p>Each input row is read k times, once for each kx, and feeds the k output rows it touches,
 * whose sums wait in registers: sum j belongs to the output row in which the current input row is
 * tap row j. So an input row costs k loads for k * k fma. One method for each k because sums must
 * be named locals to stay in registers.
 */
final class ConvolutionStrips {
  private static final VectorSpecies<Float> SPECIES = FloatVector.SPECIES_PREFERRED;

  private ConvolutionStrips() {}

  /** Whether there is a method for filters of this side. */
  static boolean supports(int kernel) {
    return kernel == 3 || kernel == 5 || kernel == 7 || kernel == 9;
  }

  /**
   * Convolves a strip.
   *
   * @param xAt where the strip's first output column, shifted left by the padding, begins in the
   *     first row of x
   * @param taps the filter, in ascending order of (ky, kx)
   * @param start what every chain begins with
   */
  static void convolve(
      int kernel,
      int height,
      float[] x,
      int xAt,
      int xStride,
      float[] taps,
      float start,
      float[] out,
      int outAt,
      int outStride) {
    switch (kernel) {
      case 3 -> convolve3(height, x, xAt, xStride, taps, start, out, outAt, outStride);
      case 5 -> convolve5(height, x, xAt, xStride, taps, start, out, outAt, outStride);
      case 7 -> convolve7(height, x, xAt, xStride, taps, start, out, outAt, outStride);
      case 9 -> convolve9(height, x, xAt, xStride, taps, start, out, outAt, outStride);
      default -> throw new IllegalArgumentException("no strip for a filter of side " + kernel);
    }
  }

  private static void convolve3(
      int height,
      float[] x,
      int xAt,
      int xStride,
      float[] taps,
      float start,
      float[] out,
      int outAt,
      int outStride) {
    FloatVector begin = FloatVector.broadcast(SPECIES, start);
    FloatVector sum0 = begin;
    FloatVector sum1 = begin;
    FloatVector sum2 = begin;
    for (int row = 0; row < height; row++) {
      for (int kx = 0; kx < 3; kx++) {
        FloatVector values = FloatVector.fromArray(SPECIES, x, xAt + row * xStride + kx);
        sum0 = values.fma(FloatVector.broadcast(SPECIES, taps[kx]), sum0);
        sum1 = values.fma(FloatVector.broadcast(SPECIES, taps[3 + kx]), sum1);
        sum2 = values.fma(FloatVector.broadcast(SPECIES, taps[6 + kx]), sum2);
      }
      if (row >= 1) {
        sum2.intoArray(out, outAt + (row - 1) * outStride);
      }
      sum2 = sum1;
      sum1 = sum0;
      sum0 = begin;
    }
    if (height >= 1) {
      sum2.intoArray(out, outAt + (height - 1) * outStride);
    }
  }

  private static void convolve5(
      int height,
      float[] x,
      int xAt,
      int xStride,
      float[] taps,
      float start,
      float[] out,
      int outAt,
      int outStride) {
    FloatVector begin = FloatVector.broadcast(SPECIES, start);
    FloatVector sum0 = begin;
    FloatVector sum1 = begin;
    FloatVector sum2 = begin;
    FloatVector sum3 = begin;
    FloatVector sum4 = begin;
    for (int row = 0; row < height; row++) {
      for (int kx = 0; kx < 5; kx++) {
        FloatVector values = FloatVector.fromArray(SPECIES, x, xAt + row * xStride + kx);
        sum0 = values.fma(FloatVector.broadcast(SPECIES, taps[kx]), sum0);
        sum1 = values.fma(FloatVector.broadcast(SPECIES, taps[5 + kx]), sum1);
        sum2 = values.fma(FloatVector.broadcast(SPECIES, taps[10 + kx]), sum2);
        sum3 = values.fma(FloatVector.broadcast(SPECIES, taps[15 + kx]), sum3);
        sum4 = values.fma(FloatVector.broadcast(SPECIES, taps[20 + kx]), sum4);
      }
      if (row >= 2) {
        sum4.intoArray(out, outAt + (row - 2) * outStride);
      }
      sum4 = sum3;
      sum3 = sum2;
      sum2 = sum1;
      sum1 = sum0;
      sum0 = begin;
    }
    if (height >= 2) {
      sum4.intoArray(out, outAt + (height - 2) * outStride);
    }
    if (height >= 1) {
      sum3.intoArray(out, outAt + (height - 1) * outStride);
    }
  }

  private static void convolve7(
      int height,
      float[] x,
      int xAt,
      int xStride,
      float[] taps,
      float start,
      float[] out,
      int outAt,
      int outStride) {
    FloatVector begin = FloatVector.broadcast(SPECIES, start);
    FloatVector sum0 = begin;
    FloatVector sum1 = begin;
    FloatVector sum2 = begin;
    FloatVector sum3 = begin;
    FloatVector sum4 = begin;
    FloatVector sum5 = begin;
    FloatVector sum6 = begin;
    for (int row = 0; row < height; row++) {
      for (int kx = 0; kx < 7; kx++) {
        FloatVector values = FloatVector.fromArray(SPECIES, x, xAt + row * xStride + kx);
        sum0 = values.fma(FloatVector.broadcast(SPECIES, taps[kx]), sum0);
        sum1 = values.fma(FloatVector.broadcast(SPECIES, taps[7 + kx]), sum1);
        sum2 = values.fma(FloatVector.broadcast(SPECIES, taps[14 + kx]), sum2);
        sum3 = values.fma(FloatVector.broadcast(SPECIES, taps[21 + kx]), sum3);
        sum4 = values.fma(FloatVector.broadcast(SPECIES, taps[28 + kx]), sum4);
        sum5 = values.fma(FloatVector.broadcast(SPECIES, taps[35 + kx]), sum5);
        sum6 = values.fma(FloatVector.broadcast(SPECIES, taps[42 + kx]), sum6);
      }
      if (row >= 3) {
        sum6.intoArray(out, outAt + (row - 3) * outStride);
      }
      sum6 = sum5;
      sum5 = sum4;
      sum4 = sum3;
      sum3 = sum2;
      sum2 = sum1;
      sum1 = sum0;
      sum0 = begin;
    }
    if (height >= 3) {
      sum6.intoArray(out, outAt + (height - 3) * outStride);
    }
    if (height >= 2) {
      sum5.intoArray(out, outAt + (height - 2) * outStride);
    }
    if (height >= 1) {
      sum4.intoArray(out, outAt + (height - 1) * outStride);
    }
  }

  private static void convolve9(
      int height,
      float[] x,
      int xAt,
      int xStride,
      float[] taps,
      float start,
      float[] out,
      int outAt,
      int outStride) {
    FloatVector begin = FloatVector.broadcast(SPECIES, start);
    FloatVector sum0 = begin;
    FloatVector sum1 = begin;
    FloatVector sum2 = begin;
    FloatVector sum3 = begin;
    FloatVector sum4 = begin;
    FloatVector sum5 = begin;
    FloatVector sum6 = begin;
    FloatVector sum7 = begin;
    FloatVector sum8 = begin;
    for (int row = 0; row < height; row++) {
      for (int kx = 0; kx < 9; kx++) {
        FloatVector values = FloatVector.fromArray(SPECIES, x, xAt + row * xStride + kx);
        sum0 = values.fma(FloatVector.broadcast(SPECIES, taps[kx]), sum0);
        sum1 = values.fma(FloatVector.broadcast(SPECIES, taps[9 + kx]), sum1);
        sum2 = values.fma(FloatVector.broadcast(SPECIES, taps[18 + kx]), sum2);
        sum3 = values.fma(FloatVector.broadcast(SPECIES, taps[27 + kx]), sum3);
        sum4 = values.fma(FloatVector.broadcast(SPECIES, taps[36 + kx]), sum4);
        sum5 = values.fma(FloatVector.broadcast(SPECIES, taps[45 + kx]), sum5);
        sum6 = values.fma(FloatVector.broadcast(SPECIES, taps[54 + kx]), sum6);
        sum7 = values.fma(FloatVector.broadcast(SPECIES, taps[63 + kx]), sum7);
        sum8 = values.fma(FloatVector.broadcast(SPECIES, taps[72 + kx]), sum8);
      }
      if (row >= 4) {
        sum8.intoArray(out, outAt + (row - 4) * outStride);
      }
      sum8 = sum7;
      sum7 = sum6;
      sum6 = sum5;
      sum5 = sum4;
      sum4 = sum3;
      sum3 = sum2;
      sum2 = sum1;
      sum1 = sum0;
      sum0 = begin;
    }
    if (height >= 4) {
      sum8.intoArray(out, outAt + (height - 4) * outStride);
    }
    if (height >= 3) {
      sum7.intoArray(out, outAt + (height - 3) * outStride);
    }
    if (height >= 2) {
      sum6.intoArray(out, outAt + (height - 2) * outStride);
    }
    if (height >= 1) {
      sum5.intoArray(out, outAt + (height - 1) * outStride);
    }
  }
}
