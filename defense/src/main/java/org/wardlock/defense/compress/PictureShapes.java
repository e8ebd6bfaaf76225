package org.wardlock.defense.compress;

import org.wardlock.tensor.Shape;

/** Refuses pictures that a compression is not for. */
final class PictureShapes {
  private static final int CHANNELS = 3;

  private PictureShapes() {}

  /** A picture must be (3, height, width). */
  static void requireColour(String what, Shape picture) {
    if (picture.rank() != 3 || picture.extent(0) != CHANNELS) {
      throw new IllegalArgumentException(
          "%s: found pictures %s; expected (3, height, width)".formatted(what, picture));
    }
  }

  /** A batch must be of pictures of a shape. */
  static void require(String what, Shape batch, Shape picture) {
    if (batch.rank() != 4 || !batch.without(0).equals(picture)) {
      throw new IllegalArgumentException(
          "%s: found pictures of shape %s; expected (N, %d, %d, %d)"
              .formatted(what, batch, picture.extent(0), picture.extent(1), picture.extent(2)));
    }
  }
}
