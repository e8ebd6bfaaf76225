package org.wardlock.defense.compress;

import static org.wardlock.defense.compress.QuantizationTable.SIDE;
import static org.wardlock.defense.compress.QuantizationTable.SIZE;

import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/** Planes as blocks of 8 by 8, and back. */
final class Blocks {
  private Blocks() {}

  /**
   * Cuts planes into blocks.
   *
   * @param planes (N, height, width), both multiples of 8
   * @return (N * blocks, 64), the blocks of a plane row by row
   */
  static Tensor of(Tensor planes) {
    Shape shape = planes.shape();
    int down = shape.extent(1) / SIDE;
    int across = shape.extent(2) / SIDE;
    return planes
        .reshape(shape.extent(0), down, SIDE, across, SIDE)
        .permute(0, 1, 3, 2, 4)
        .reshape(shape.extent(0) * down * across, SIZE);
  }

  /** The planes, (N, height, width), that were cut into blocks. */
  static Tensor joined(Tensor blocks, int height, int width) {
    int down = height / SIDE;
    int across = width / SIDE;
    int count = blocks.shape().extent(0) / (down * across);
    return blocks
        .reshape(count, down, across, SIDE, SIDE)
        .permute(0, 1, 3, 2, 4)
        .reshape(count, height, width);
  }
}
