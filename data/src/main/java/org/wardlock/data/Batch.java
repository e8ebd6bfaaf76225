package org.wardlock.data;

/**
 * Pictures in host memory, ready to become a tensor.
 *
 * <p>A batch from a {@link BatchLoader} may be given back to it ({@link BatchLoader#recycle}); its
 * arrays then belong to a later batch and must not be read any more.
 *
 * @param ids the number of each picture in the whole split, as {@link Dataset#id}
 * @param labels the class of each, or {@link Dataset#UNLABELLED}
 * @param pixels unsigned bytes, shape [pictures, channels, height, width]
 * @param moves what is still to be done to the pixels on the device: for each picture how far to go
 *     down and right, and 1 to mirror it ({@code Tensor.movePictures}); empty if nothing is
 * @param channels values a pixel
 * @param height in pixels
 * @param width in pixels
 */
public record Batch(
    long[] ids, int[] labels, byte[] pixels, int[] moves, int channels, int height, int width) {
  /** Numbers that move a picture: down, right, whether to mirror. */
  static final int MOVE = 3;

  /** Checks that the arrays belong together. */
  public Batch {
    int values = new PictureShape(channels, height, width).values();
    if (labels.length != ids.length
        || (long) values * ids.length != pixels.length
        || (moves.length != 0 && moves.length != MOVE * ids.length)) {
      throw new IllegalArgumentException(
          "batch: %d ids, %d labels, %d bytes and %d numbers of moves do not fit pictures of %dx%dx%d"
              .formatted(
                  ids.length, labels.length, pixels.length, moves.length, channels, height, width));
    }
  }

  /** A batch of pictures that are as they are to be. */
  public Batch(long[] ids, int[] labels, byte[] pixels, int channels, int height, int width) {
    this(ids, labels, pixels, new int[0], channels, height, width);
  }

  /**
   * A batch of as many pictures, all values 0.
   *
   * @param moved on the device
   */
  static Batch allocate(int size, PictureShape shape, boolean moved) {
    return new Batch(
        new long[size],
        new int[size],
        new byte[Math.multiplyExact(size, shape.values())],
        new int[moved ? MOVE * size : 0],
        shape.channels(),
        shape.height(),
        shape.width());
  }

  /** The number of pictures. */
  public int size() {
    return ids.length;
  }

  /** The shape of each picture. */
  public PictureShape shape() {
    return new PictureShape(channels, height, width);
  }
}
