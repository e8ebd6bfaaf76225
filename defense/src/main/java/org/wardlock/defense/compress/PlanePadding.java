package org.wardlock.defense.compress;

import java.util.Arrays;
import java.util.Optional;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Pictures continued by their last row and column to whole blocks. */
final class PlanePadding {
  private final int height;
  private final int width;
  private final Optional<Tensor> rows;
  private final Optional<Tensor> columns;

  /**
   * @param unit what height and width become multiples of
   */
  PlanePadding(int height, int width, int unit, Device device) {
    this.height = Math.ceilDiv(height, unit) * unit;
    this.width = Math.ceilDiv(width, unit) * unit;
    this.rows = index(height, this.height, device);
    this.columns = index(width, this.width, device);
  }

  /** Of the pictures after padding. */
  int height() {
    return height;
  }

  /** Of the pictures after padding. */
  int width() {
    return width;
  }

  /** (N, channels, height, width), with the rows and columns that were missing. */
  Tensor padded(Tensor pictures) {
    Tensor longer = rows.map(index -> pictures.gather(2, index)).orElse(pictures);
    return columns.map(index -> longer.gather(3, index)).orElse(longer);
  }

  void release() {
    rows.ifPresent(Tensor::release);
    columns.ifPresent(Tensor::release);
  }

  private static Optional<Tensor> index(int extent, int padded, Device device) {
    if (extent == padded) {
      return Optional.empty();
    }
    var index = new int[padded];
    Arrays.setAll(index, i -> Math.min(i, extent - 1));
    return Optional.of(Tensor.ofInts(device, Shape.of(padded), index).unscoped());
  }
}
