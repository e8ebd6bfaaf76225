package org.wardlock.attacks.mimic;

import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * A separable linear map of planes, as two matrix products: the matrices are mostly zeros, and the
 * products still take less time than going through windows, with gradients for free.
 *
 * @param rows (rows out, rows in)
 * @param columns (columns in, columns out)
 */
record PlaneFilter(Tensor rows, Tensor columns) {
  /**
   * The Gaussian window of structural similarity where it lies within the plane: each side shrinks
   * by the window's less one.
   */
  static PlaneFilter gaussian(Device device, int height, int width) {
    return new PlaneFilter(
        matrix(device, gaussian(height), false), matrix(device, gaussian(width), true));
  }

  /** Means of 2 x 2 values, or of those there are at odd ends: sides are halved and rounded up. */
  static PlaneFilter halving(Device device, int height, int width) {
    return new PlaneFilter(
        matrix(device, halving(height), false), matrix(device, halving(width), true));
  }

  private static double[][] gaussian(int extent) {
    double[] window = new double[StructuralDissimilarity.WINDOW];
    double sum = 0;
    for (int i = 0; i < window.length; i++) {
      double away = i - (window.length - 1) / 2.0;
      double width = StructuralDissimilarity.WINDOW_DEVIATION;
      window[i] = StrictMath.exp(-away * away / (2 * width * width));
      sum += window[i];
    }
    double[][] weights = new double[extent - window.length + 1][extent];
    for (int to = 0; to < weights.length; to++) {
      for (int i = 0; i < window.length; i++) {
        weights[to][to + i] = window[i] / sum;
      }
    }
    return weights;
  }

  private static double[][] halving(int extent) {
    double[][] weights = new double[(extent + 1) / 2][extent];
    for (int to = 0; to < weights.length; to++) {
      int end = Math.min(2 * to + 2, extent);
      for (int from = 2 * to; from < end; from++) {
        weights[to][from] = 1.0 / (end - 2 * to);
      }
    }
    return weights;
  }

  private static Tensor matrix(Device device, double[][] weights, boolean transposed) {
    int out = weights.length;
    int in = weights[0].length;
    float[] values = new float[out * in];
    for (int to = 0; to < out; to++) {
      for (int from = 0; from < in; from++) {
        values[transposed ? from * out + to : to * in + from] = (float) weights[to][from];
      }
    }
    return Tensor.of(device, transposed ? Shape.of(in, out) : Shape.of(out, in), values);
  }

  /** Of planes (M, rows in, columns in), in the current scope. */
  Tensor apply(Tensor planes) {
    return rows.matmul(planes.matmul(columns));
  }
}
