package org.wardlock.attacks.mimic;

/** MS-SSIM in double, straight from its definition. */
final class PlainSimilarity {
  private static final double[] WEIGHTS = {0.0448, 0.2856, 0.3001, 0.2363, 0.1333};
  private static final double[] WINDOW = window();

  private PlainSimilarity() {}

  private static double[] window() {
    double[] window = new double[121];
    double sum = 0;
    for (int i = 0; i < 121; i++) {
      int y = i / 11 - 5;
      int x = i % 11 - 5;
      window[i] = Math.exp(-(x * x + y * y) / (2 * 1.5 * 1.5));
      sum += window[i];
    }
    for (int i = 0; i < 121; i++) {
      window[i] /= sum;
    }
    return window;
  }

  /**
   * DSSIM of two pictures with values in [0, 1].
   *
   * @param scales that take part; fewer than five have renormalised weights
   */
  static double dissimilarity(double[][][] a, double[][][] b, int scales) {
    double sum = 1;
    if (scales < 5) {
      sum = 0;
      for (int i = 0; i < scales; i++) {
        sum += WEIGHTS[i];
      }
    }
    double similarity = 1;
    double[][][] x = a;
    double[][][] y = b;
    for (int i = 0; i < scales; i++) {
      double one = mean(x, y, i == scales - 1);
      similarity *= Math.pow(Math.max(one, 1e-6), WEIGHTS[i] / sum);
      x = halved(x);
      y = halved(y);
    }
    return (1 - similarity) / 2;
  }

  private static double mean(double[][][] x, double[][][] y, boolean withBrightness) {
    double sum = 0;
    int count = 0;
    for (int channel = 0; channel < x.length; channel++) {
      for (int row = 0; row + 11 <= x[channel].length; row++) {
        for (int column = 0; column + 11 <= x[channel][0].length; column++) {
          sum += at(x[channel], y[channel], row, column, withBrightness);
          count++;
        }
      }
    }
    return sum / count;
  }

  private static double at(double[][] x, double[][] y, int row, int column, boolean brightness) {
    double[] moments = new double[5];
    for (int i = 0; i < 121; i++) {
      double p = x[row + i / 11][column + i % 11];
      double q = y[row + i / 11][column + i % 11];
      double[] terms = {p, q, p * p, q * q, p * q};
      for (int k = 0; k < 5; k++) {
        moments[k] += WINDOW[i] * terms[k];
      }
    }
    double variances = moments[2] - moments[0] * moments[0] + moments[3] - moments[1] * moments[1];
    double covariance = moments[4] - moments[0] * moments[1];
    double contrast = (2 * covariance + 9e-4) / (variances + 9e-4);
    double light =
        (2 * moments[0] * moments[1] + 1e-4)
            / (moments[0] * moments[0] + moments[1] * moments[1] + 1e-4);
    return brightness ? light * contrast : contrast;
  }

  private static double[][][] halved(double[][][] planes) {
    int height = planes[0].length;
    int width = planes[0][0].length;
    double[][][] half = new double[planes.length][(height + 1) / 2][(width + 1) / 2];
    for (int channel = 0; channel < planes.length; channel++) {
      for (int row = 0; row < half[0].length; row++) {
        for (int column = 0; column < half[0][0].length; column++) {
          double sum = 0;
          int count = 0;
          for (int y = 2 * row; y < Math.min(height, 2 * row + 2); y++) {
            for (int x = 2 * column; x < Math.min(width, 2 * column + 2); x++) {
              sum += planes[channel][y][x];
              count++;
            }
          }
          half[channel][row][column] = sum / count;
        }
      }
    }
    return half;
  }
}
