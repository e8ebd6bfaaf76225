package org.wardlock.tensor.cpu;

import java.util.Arrays;

/**
 * Some positions of what comes out of a convolution, as runs along its rows, and the rows of the
 * padded picture that their windows lie in. At tap (c, u, v) of the windows, a run's values lie
 * {@code stride} apart from {@link #source} on.
 */
final class WindowSegments {
  private final ConvolutionExtents extents;
  private final int begin;
  private final int firstRow;
  private final int paddedRows;
  private final int[] first;
  private final int[] from;
  private final int[] taps;
  private final int count;

  /**
   * Cuts positions into runs.
   *
   * @param begin first position, in row-major order
   * @param length how many
   * @param longest of a run; runs end at multiples of it, counted from the first position
   */
  WindowSegments(ConvolutionExtents extents, int begin, int length, int longest) {
    this.extents = extents;
    this.begin = begin;
    int columns = extents.columns();
    int top = begin / columns;
    int bottom = (begin + length - 1) / columns;
    firstRow = top * extents.stride();
    paddedRows = (bottom - top) * extents.stride() + extents.kernelHeight();
    int most = bottom - top + 1 + GemmPlan.blocks(length, longest);
    first = new int[most + 1];
    from = new int[most];
    int runs = 0;
    int done = 0;
    while (done < length) {
      int row = (begin + done) / columns;
      int column = (begin + done) % columns;
      first[runs] = done;
      from[runs] = ((row - top) * extents.paddedWidth() + column) * extents.stride();
      done += Math.min(length - done, Math.min(columns - column, longest - done % longest));
      runs++;
    }
    first[runs] = length;
    count = runs;
    taps = new int[extents.inner()];
    Arrays.setAll(taps, this::offset);
  }

  /** All positions of a picture, some at a time: what serves every picture of a batch. */
  static WindowSegments[] pieces(ConvolutionExtents extents, int length, int longest) {
    int positions = extents.positions();
    var pieces = new WindowSegments[GemmPlan.blocks(positions, length)];
    for (int i = 0; i < pieces.length; i++) {
      int begin = i * length;
      pieces[i] = new WindowSegments(extents, begin, Math.min(length, positions - begin), longest);
    }
    return pieces;
  }

  private int offset(int k) {
    int tap = k % extents.taps();
    return k / extents.taps() * plane()
        + tap / extents.kernelWidth() * extents.paddedWidth()
        + tap % extents.kernelWidth();
  }

  /** The convolution whose positions these are. */
  ConvolutionExtents extents() {
    return extents;
  }

  /** The first position, in row-major order. */
  int begin() {
    return begin;
  }

  /** How many positions there are. */
  int positions() {
    return first[count];
  }

  /** How many runs there are. */
  int count() {
    return count;
  }

  /** The index, among the positions, of a run's first one. */
  int first(int run) {
    return first[run];
  }

  int length(int run) {
    return first[run + 1] - first[run];
  }

  /** Where a run's window begins in the padded rows of a channel. */
  int source(int run) {
    return from[run];
  }

  /** Values of one channel's padded rows. */
  int plane() {
    return paddedRows * extents.paddedWidth();
  }

  /** What a tap adds to {@link #source}. */
  int tap(int k) {
    return taps[k];
  }

  /** Lays out the windows of a padded picture: for each tap the values of all positions. */
  void unfold(float[] padded, float[] out) {
    for (int tap = 0; tap < taps.length; tap++) {
      int source = taps[tap];
      for (int run = 0; run < count; run++) {
        int to = tap * positions() + first[run];
        copy(padded, source + from[run], out, to, length(run));
      }
    }
  }

  /** Copies what a run's windows have at one tap. */
  void copy(float[] padded, int at, float[] out, int to, int length) {
    if (extents.stride() == 1) {
      System.arraycopy(padded, at, out, to, length);
    } else {
      Runs.gather(padded, at, extents.stride(), out, to, length);
    }
  }

  /** Copies the rows of all channels of a picture, zeros around them. */
  void pad(float[] x, int offset, float[] padded) {
    int padding = extents.padding();
    int width = extents.width();
    int to = 0;
    for (int channel = 0; channel < extents.in(); channel++) {
      for (int i = 0; i < paddedRows; i++) {
        int row = firstRow + i - padding;
        if (row < 0 || row >= extents.height()) {
          Arrays.fill(padded, to, to + extents.paddedWidth(), 0f);
        } else {
          Arrays.fill(padded, to, to + padding, 0f);
          System.arraycopy(
              x, offset + (channel * extents.height() + row) * width, padded, to + padding, width);
          Arrays.fill(padded, to + padding + width, to + extents.paddedWidth(), 0f);
        }
        to += extents.paddedWidth();
      }
    }
  }

  /** Takes the rows of all channels of a whole picture from between what surrounds them. */
  void unpad(float[] padded, float[] x, int offset) {
    for (int channel = 0; channel < extents.in(); channel++) {
      for (int row = 0; row < extents.height(); row++) {
        int to = offset + (channel * extents.height() + row) * extents.width();
        int i = row + extents.padding();
        if (i < paddedRows) {
          int at = channel * plane() + i * extents.paddedWidth() + extents.padding();
          System.arraycopy(padded, at, x, to, extents.width());
        } else {
          Arrays.fill(x, to, to + extents.width(), 0f);
        }
      }
    }
  }
}
