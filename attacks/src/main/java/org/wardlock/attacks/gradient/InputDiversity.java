package org.wardlock.attacks.gradient;

import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Pictures;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Linear maps of pictures, along rows and along columns: random shrinking and shifting on black,
 * and smoothing. The way back of a gradient is the transpose, exactly.
 */
final class InputDiversity {
  private static final double SMALLEST = 0.9;
  private static final int CHOICES = 4;

  private final double probability;
  private final Pictures pictures;
  private final long seed;
  private final Device device;
  private final int height;
  private final int width;

  InputDiversity(double probability, Pictures pictures, long seed) {
    this.probability = probability;
    this.pictures = pictures;
    this.seed = seed;
    this.device = pictures.images().device();
    this.height = pictures.images().shape().extent(2);
    this.width = pictures.images().shape().extent(3);
  }

  /**
   * What happens to rows and to columns: matrices (N, 1, H, H) and (N, 1, W, W), or (H, H) and (W,
   * W) for all alike.
   */
  record Placement(Tensor rows, Tensor columns) {
    /** The pictures as they are seen. */
    Tensor apply(Tensor images) {
      return rows.matmul(images).matmul(columns.transpose());
    }

    /** From the gradient towards what is seen to that towards the pictures. */
    Tensor back(Tensor gradient) {
      return rows.transpose().matmul(gradient).matmul(columns);
    }
  }

  /** How a step sees the pictures: each by choices of its own. */
  Placement random(int step) {
    float[] rows = new float[pictures.count() * height * height];
    float[] columns = new float[pictures.count() * width * width];
    for (int i = 0; i < pictures.count(); i++) {
      Philox random = new Philox(seed, AttackPurpose.INPUT_DIVERSITY.number(), pictures.ids()[i]);
      long first = (long) step * CHOICES;
      boolean varies = random.below(1 << 24, first) < probability * (1 << 24);
      int smallest = (int) Math.ceil(SMALLEST * height);
      int newHeight = varies ? smallest + random.below(height - smallest + 1, first + 1) : height;
      int newWidth = Math.max(1, Math.round((float) newHeight * width / height));
      int top = random.below(height - newHeight + 1, first + 2);
      int left = random.below(width - newWidth + 1, first + 3);
      place(rows, i * height * height, height, newHeight, top);
      place(columns, i * width * width, width, newWidth, left);
    }
    return new Placement(
        Tensor.of(device, Shape.of(pictures.count(), 1, height, height), rows),
        Tensor.of(device, Shape.of(pictures.count(), 1, width, width), columns));
  }

  /** Bilinear resizing along one axis, shifted, black around. */
  private static void place(float[] matrix, int start, int extent, int newExtent, int shift) {
    for (int target = 0; target < newExtent; target++) {
      double source = Math.clamp((target + 0.5) * extent / newExtent - 0.5, 0, (double) extent - 1);
      int before = (int) source;
      int after = Math.min(before + 1, extent - 1);
      int row = start + (target + shift) * extent;
      matrix[row + before] += (float) (1 - (source - before));
      matrix[row + after] += (float) (source - before);
    }
  }

  /**
   * Smoothing by a Gaussian window whose standard deviation is a sixth of its side less one, as
   * published: 3 standard deviations to each end.
   *
   * @param side odd
   */
  Placement gaussian(int side) {
    return new Placement(band(height, side), band(width, side));
  }

  private Tensor band(int extent, int side) {
    int reach = side / 2;
    double[] window = new double[side];
    double sum = 0;
    for (int i = 0; i < side; i++) {
      double deviations = 3.0 * (i - reach) / reach;
      window[i] = Math.exp(-deviations * deviations / 2);
      sum += window[i];
    }
    float[] matrix = new float[extent * extent];
    for (int row = 0; row < extent; row++) {
      for (int i = 0; i < side; i++) {
        int column = row + i - reach;
        if (column >= 0 && column < extent) {
          matrix[row * extent + column] = (float) (window[i] / sum);
        }
      }
    }
    return Tensor.of(device, Shape.of(extent, extent), matrix);
  }
}
