package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Layout;

/** Copies between arrays of one type under any strides. */
final class StridedCopy {
  /**
   * Side of the squares a transpose is done in: both sides of one stay in the first-level cache.
   */
  private static final int TILE = 32;

  private StridedCopy() {}

  /** Copies the elements of {@code xLayout} to those of {@code outLayout}, of equal shape. */
  static void copy(Object x, Layout xLayout, Object out, Layout outLayout, KernelContext context) {
    if (xLayout.shape().count() == 0) {
      return;
    }
    if (xLayout.isContiguous() && outLayout.isContiguous()) {
      int xAt = Math.toIntExact(xLayout.offset());
      int outAt = Math.toIntExact(outLayout.offset());
      Chunks.run(
          context,
          Math.toIntExact(xLayout.shape().count()),
          1,
          (start, end) -> System.arraycopy(x, xAt + start, out, outAt + start, end - start));
      return;
    }
    Walk walk = Walk.of(xLayout, outLayout);
    int rows = transposedAxis(walk);
    if (rows >= 0) {
      transpose(x, out, walk, rows, context);
    } else if (walk.runs() == 1) {
      Chunks.run(
          context,
          walk.length(),
          1,
          (start, end) ->
              Runs.copy(
                  x,
                  walk.at(0).offset(0) + start * walk.step(0),
                  walk.step(0),
                  out,
                  walk.at(0).offset(1) + start * walk.step(1),
                  walk.step(1),
                  end - start));
    } else {
      Chunks.run(
          context,
          walk.runs(),
          walk.length(),
          (start, end) -> {
            Walk.Cursor cursor = walk.at(start);
            for (int run = start; run < end; run++, cursor.next()) {
              Runs.copy(
                  x,
                  cursor.offset(0),
                  walk.step(0),
                  out,
                  cursor.offset(1),
                  walk.step(1),
                  walk.length());
            }
          });
    }
  }

  /** The outer axis along which x lies closely while it does not along the innermost, or -1. */
  private static int transposedAxis(Walk walk) {
    if (Math.abs(walk.step(0)) > 1) {
      for (int axis = walk.rank() - 2; axis >= 0; axis--) {
        if (walk.stride(0, axis) == 1) {
          return axis;
        }
      }
    }
    return -1;
  }

  private static void transpose(Object x, Object out, Walk walk, int axis, KernelContext context) {
    Walk planes = walk.without(axis);
    int rows = walk.extent(axis);
    int strips = (rows + TILE - 1) / TILE;
    int columns = walk.length();
    Chunks.run(
        context,
        planes.runs() * strips,
        Math.min(TILE, rows) * columns,
        (start, end) -> {
          Walk.Cursor plane = planes.at(start / strips);
          for (int unit = start; unit < end; unit++) {
            if (unit > start && unit % strips == 0) {
              plane.next();
            }
            int firstRow = unit % strips * TILE;
            int lastRow = Math.min(rows, firstRow + TILE);
            for (int column = 0; column < columns; column += TILE) {
              int length = Math.min(TILE, columns - column);
              for (int row = firstRow; row < lastRow; row++) {
                Runs.copy(
                    x,
                    plane.offset(0) + row + column * walk.step(0),
                    walk.step(0),
                    out,
                    plane.offset(1) + row * walk.stride(1, axis) + column * walk.step(1),
                    walk.step(1),
                    length);
              }
            }
          }
        });
  }
}
