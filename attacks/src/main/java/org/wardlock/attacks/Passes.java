package org.wardlock.attacks;

/**
 * Work done, in passes of one picture through a classifier.
 *
 * @param forward from pixels to logits
 * @param backward from logits to the gradient towards the pixels
 */
public record Passes(long forward, long backward) {
  /** No work. */
  public static final Passes NONE = new Passes(0, 0);

  /** This and more. */
  public Passes plus(Passes other) {
    return new Passes(forward + other.forward, backward + other.backward);
  }

  /** This, a number of times. */
  public Passes times(long count) {
    return new Passes(Math.multiplyExact(forward, count), Math.multiplyExact(backward, count));
  }
}
