package org.wardlock.defense.compress;

import java.util.Arrays;
import java.util.function.IntUnaryOperator;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Halving of planes, and doubling by libjpeg's triangle filter ("fancy upsampling"), with its
 * roundings.
 */
final class ColorSampling {
  private static final float UNITS = 16;

  private final int height;
  private final int width;
  private final Tensor downwards;
  private final Tensor farRows;
  private final Tensor farColumns;
  private final Tensor nearRows;
  private final Tensor nearColumns;
  private final Tensor upwards;

  /**
   * @param paddedWidth of the planes to be halved
   * @param height of the planes after doubling; halves are rounded up
   * @param width likewise
   */
  ColorSampling(int paddedWidth, int height, int width, Device device) {
    this.height = height;
    this.width = width;
    // Halves go down in even columns and up in odd ones; rounding as such sends all of them up.
    this.downwards = alternating(paddedWidth / 2, -0.25f, 0, device);
    this.upwards = alternating(width, 0, -1 / UNITS, device);
    this.nearRows = indices(height, ColorSampling::near, device);
    this.nearColumns = indices(width, ColorSampling::near, device);
    this.farRows = indices(height, i -> far(i, height), device);
    this.farColumns = indices(width, i -> far(i, width), device);
  }

  /** (N, height, width) to (N, height / 2, width / 2): the mean of two by two, rounded. */
  Tensor halved(Tensor planes, Rounding rounding) {
    Shape shape = planes.shape();
    Tensor means =
        planes
            .reshape(shape.extent(0), shape.extent(1) / 2, 2, shape.extent(2) / 2, 2)
            .mean(2, 4)
            .reshape(shape.extent(0), shape.extent(1) / 2, shape.extent(2) / 2);
    return Tensor.apply(rounding, means.add(downwards));
  }

  /**
   * The planes' top left, doubled: three parts of the nearest sample, one of the next, each way.
   */
  Tensor doubled(Tensor planes, Rounding rounding) {
    Tensor columns = planes.gather(1, nearRows).multiply(3).add(planes.gather(1, farRows));
    Tensor sums = columns.gather(2, nearColumns).multiply(3).add(columns.gather(2, farColumns));
    return Tensor.apply(rounding, sums.multiply(1 / UNITS).add(upwards));
  }

  void release() {
    for (Tensor table :
        new Tensor[] {downwards, upwards, nearRows, nearColumns, farRows, farColumns}) {
      table.release();
    }
  }

  @Override
  public String toString() {
    return "ColorSampling[%d x %d]".formatted(height, width);
  }

  private static int near(int position) {
    return position / 2;
  }

  private static int far(int position, int extent) {
    int neighbour = position % 2 == 0 ? position / 2 - 1 : position / 2 + 1;
    return Math.clamp(neighbour, 0, (extent + 1) / 2 - 1);
  }

  private static Tensor indices(int count, IntUnaryOperator of, Device device) {
    var indices = new int[count];
    Arrays.setAll(indices, of);
    return Tensor.ofInts(device, Shape.of(count), indices).unscoped();
  }

  private static Tensor alternating(int count, float even, float odd, Device device) {
    var values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = i % 2 == 0 ? even : odd;
    }
    return Tensor.of(device, Shape.of(count), values).unscoped();
  }
}
