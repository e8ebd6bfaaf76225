package org.wardlock.data;

/**
 * How a picture is moved in its frame; what comes in from outside is 0.
 *
 * @param down how many rows below the source's the result starts; negative for above
 * @param right how many columns right of the source's it starts
 * @param mirror whether the result, once moved, is turned left to right
 */
record Move(int down, int right, boolean mirror) {
  /** Whether the picture stays as it is. */
  boolean isNone() {
    return down == 0 && right == 0 && !mirror;
  }

  /** Writes it as a device reads it: see {@link Batch#moves}. */
  void to(int[] moves, int offset) {
    moves[offset] = down;
    moves[offset + 1] = right;
    moves[offset + 2] = mirror ? 1 : 0;
  }
}
