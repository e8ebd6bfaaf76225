package org.wardlock.defense;

/**
 * Movements of a block as permutations of its values, numbered in a key's {@link FlattenOrder}.
 *
 * @param channels of the pictures
 * @param block side of the blocks in pixels
 * @param order how the values are numbered
 */
record BlockGeometry(int channels, int block, FlattenOrder order) {
  /** How many ways {@link #turned} knows. */
  static final int TURNS = 4;

  /** How many ways {@link #mirrored} knows. */
  static final int MIRRORINGS = 4;

  /** The number of values of a block. */
  int length() {
    return channels * block * block;
  }

  /** A block turned clockwise by so many quarters. */
  Permutation turned(int quarters) {
    int last = block - 1;
    return permutation(
        (channel, row, column) ->
            switch (quarters) {
              case 0 -> number(channel, row, column);
              case 1 -> number(channel, last - column, row);
              case 2 -> number(channel, last - row, last - column);
              case 3 -> number(channel, column, last - row);
              default -> throw new IllegalArgumentException(quarters + " quarters of a turn");
            });
  }

  /** A block mirrored left to right where bit 0 is set, and top to bottom where bit 1 is. */
  Permutation mirrored(int bits) {
    int last = block - 1;
    return permutation(
        (channel, row, column) ->
            number(
                channel,
                (bits & 2) == 0 ? row : last - row,
                (bits & 1) == 0 ? column : last - column));
  }

  /** A block whose channel c is channel {@code sources.at(c)} of the original. */
  Permutation withChannels(Permutation sources) {
    return permutation((channel, row, column) -> number(sources.at(channel), row, column));
  }

  /** Which value comes to a place. */
  private interface Source {
    int of(int channel, int row, int column);
  }

  private Permutation permutation(Source source) {
    var sources = new int[length()];
    for (int channel = 0; channel < channels; channel++) {
      for (int row = 0; row < block; row++) {
        for (int column = 0; column < block; column++) {
          sources[number(channel, row, column)] = source.of(channel, row, column);
        }
      }
    }
    return Permutation.of(sources);
  }

  private int number(int channel, int row, int column) {
    return switch (order) {
      case HWC -> (row * block + column) * channels + channel;
      case CHW -> (channel * block + row) * block + column;
    };
  }
}
