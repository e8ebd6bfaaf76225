package org.wardlock.data;

import org.wardlock.tensor.Philox;

/** What this package draws random numbers for. Each use has its own sequences of numbers. */
enum Purpose {
  /** The order of an epoch; the stream is the epoch. */
  EPOCH_ORDER,
  /** The order from which a limited selection takes the first; the stream is a class or a round. */
  CLASS_ORDER,
  ROUND_ORDER,
  /** What happens to a picture in an epoch. */
  CROP,
  FLIP,
  RAND_AUGMENT,
  ERASE;

  /** Leaves the numbers below to other packages: "DATA" in ASCII, then this use's place. */
  private static final int BASE = 0x4441_5441;

  Philox stream(long seed, long stream) {
    return new Philox(seed, BASE + ordinal(), stream);
  }

  /** The numbers for one picture in one epoch. */
  Philox stream(long seed, int epoch, long pictureId) {
    return stream(seed, (long) epoch << 32 | pictureId);
  }
}
