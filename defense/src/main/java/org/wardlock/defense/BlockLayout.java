package org.wardlock.defense;

/**
 * Where the values of each block lie in a picture stored channel by channel, row by row.
 *
 * @param channels of the picture
 * @param height in pixels, a multiple of {@code block}
 * @param width in pixels, a multiple of {@code block}
 * @param block side of the blocks in pixels
 * @param order how values inside a block are numbered
 */
public record BlockLayout(int channels, int height, int width, int block, FlattenOrder order) {

  /**
   * Checks that the blocks fit the picture.
   *
   * @throws IllegalArgumentException if they do not
   */
  public BlockLayout {
    if (channels < 1 || height < 1 || width < 1 || height % block != 0 || width % block != 0) {
      throw new IllegalArgumentException(
          ("key with block size %d does not fit a picture of %d x %d x %d (channels x height x width);"
                  + " expected height and width to be multiples of %d: resize the picture or use"
                  + " another key")
              .formatted(block, channels, height, width, block));
    }
    Math.multiplyExact(Math.multiplyExact(channels, height), width);
  }

  /** The number of values in the picture. */
  public int size() {
    return channels * height * width;
  }

  /** The number of blocks in the picture. */
  public int blocks() {
    return (height / block) * (width / block);
  }

  /** The number of values in a block. */
  public int blockLength() {
    return channels * block * block;
  }

  /** The index in the picture of a value of a block; blocks are numbered row by row. */
  public int index(int blockNumber, int position) {
    int blocksAcross = width / block;
    int top = blockNumber / blocksAcross * block;
    int left = blockNumber % blocksAcross * block;
    return switch (order) {
      case HWC -> {
        int pixel = position / channels;
        yield index(position % channels, top + pixel / block, left + pixel % block);
      }
      case CHW -> {
        int pixel = position % (block * block);
        yield index(position / (block * block), top + pixel / block, left + pixel % block);
      }
    };
  }

  private int index(int channel, int row, int column) {
    return (channel * height + row) * width + column;
  }
}
