package org.wardlock.data;

import java.util.Arrays;

/** Moves and mirrors pictures that lie plane by plane. */
final class Planes {
  private Planes() {}

  /** Copies a picture, moved and perhaps mirrored. */
  static void move(byte[] source, PictureShape shape, Move move, byte[] target, int offset) {
    int right = move.right();
    int width = shape.width();
    int height = shape.height();
    int from = Math.clamp(-right, 0, width);
    int to = Math.clamp(width - right, from, width);
    for (int plane = 0; plane < shape.channels(); plane++) {
      for (int row = 0; row < height; row++) {
        int out = offset + (plane * height + row) * width;
        int sourceRow = row + move.down();
        if (sourceRow < 0 || sourceRow >= height || from == to) {
          Arrays.fill(target, out, out + width, (byte) 0);
          continue;
        }
        int in = (plane * height + sourceRow) * width + right;
        Arrays.fill(target, out, out + from, (byte) 0);
        System.arraycopy(source, in + from, target, out + from, to - from);
        Arrays.fill(target, out + to, out + width, (byte) 0);
        if (move.mirror()) {
          reverse(target, out, out + width);
        }
      }
    }
  }

  private static void reverse(byte[] values, int from, int to) {
    for (int left = from, right = to - 1; left < right; left++, right--) {
      byte moved = values[left];
      values[left] = values[right];
      values[right] = moved;
    }
  }
}
