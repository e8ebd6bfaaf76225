package org.wardlock.tensor.spi;

import java.lang.foreign.MemorySegment;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;

/** Pictures moved one by one. */
final class ComposedPictures {
  private static final int MOVE = 3;

  private ComposedPictures() {}

  static void move(Backend backend, Operand x, Operand moves, Operand out) {
    int pictures = x.shape().extent(0);
    int[] numbers = new int[MOVE * pictures];
    backend.download(moves.storage(), moves.layout().offset(), MemorySegment.ofArray(numbers));
    backend.fill(out, 0);
    for (int picture = 0; picture < pictures; picture++) {
      int at = MOVE * picture;
      move(
          backend,
          x.with(x.layout().slice(0, picture, picture + 1)),
          numbers[at],
          numbers[at + 1],
          numbers[at + 2] != 0,
          out.with(out.layout().slice(0, picture, picture + 1)));
    }
  }

  private static void move(
      Backend backend, Operand x, int down, int right, boolean mirror, Operand out) {
    int height = x.shape().extent(2);
    int width = x.shape().extent(3);
    int firstRow = first(height, down);
    int lastRow = last(height, down);
    int firstColumn = first(width, right);
    int lastColumn = last(width, right);
    if (firstRow >= lastRow || firstColumn >= lastColumn) {
      return;
    }
    Layout from =
        x.layout()
            .slice(2, firstRow + down, lastRow + down)
            .slice(3, firstColumn + right, lastColumn + right);
    Layout rows = out.layout().slice(2, firstRow, lastRow);
    if (mirror) {
      Layout to = rows.slice(3, width - lastColumn, width - firstColumn);
      mirror(backend, x.with(from), out.with(to));
    } else {
      backend.copy(x.with(from), out.with(rows.slice(3, firstColumn, lastColumn)));
    }
  }

  /** The first place of a line that something is moved to. */
  private static int first(int extent, int distance) {
    return Math.clamp(-(long) distance, 0, extent);
  }

  private static int last(int extent, int distance) {
    return Math.clamp((long) extent - distance, 0, extent);
  }

  private static void mirror(Backend backend, Operand x, Operand out) {
    int width = x.shape().extent(3);
    int[] backwards = new int[width];
    for (int i = 0; i < width; i++) {
      backwards[i] = width - 1 - i;
    }
    Storage index = backend.allocate(DType.I32, width);
    Storage mirrored = backend.allocate(x.dtype(), x.shape().count());
    try {
      backend.upload(MemorySegment.ofArray(backwards), index, 0);
      var result = new Operand(mirrored, Layout.contiguous(x.shape()));
      backend.gather(x, 3, new Operand(index, Layout.contiguous(Shape.of(width))), result);
      backend.copy(result, out);
    } finally {
      index.release();
      mirrored.release();
    }
  }
}
