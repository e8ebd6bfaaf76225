package org.wardlock.data;

import org.wardlock.tensor.Philox;

/**
 * Moves a picture by up to {@code padding} pixels in each direction, all places alike; what comes
 * in from outside is black. The crop of CIFAR: 4 pixels of padding on 32.
 *
 * @param padding in pixels
 */
public record PaddedCrop(int padding) implements RandomCrop {

  /** Checks that there is padding. */
  public PaddedCrop {
    if (padding < 1) {
      throw new IllegalArgumentException("padded crop: padding " + padding + " must be at least 1");
    }
  }

  /** How far the crop's first row lies below the picture's, from -padding to padding. */
  int down(Philox random) {
    return random.below(2 * padding + 1, 0) - padding;
  }

  /** How far the crop's first column lies right of the picture's. */
  int right(Philox random) {
    return random.below(2 * padding + 1, 1) - padding;
  }
}
