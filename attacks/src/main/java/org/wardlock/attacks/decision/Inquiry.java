package org.wardlock.attacks.decision;

import java.util.Optional;

/**
 * What the search for one picture wants to know next, and how it goes on from the answer. A search
 * is a chain of inquiries, so that those for many pictures can be put to the classifier together.
 *
 * @param count how many images it asks about
 * @param images makes them, some at a time
 * @param then hears which of them are answered as wanted
 */
record Inquiry(int count, Images images, Continuation then) {
  /** Images of an inquiry, in [0, 1]. */
  interface Images {
    /** Those from a position to before another; the same whenever they are asked for. */
    float[][] range(int start, int end);
  }

  /** How a search goes on. */
  interface Continuation {
    /** The next inquiry; none ends the search. */
    Optional<Inquiry> hear(boolean[] reached);
  }

  /** How a search goes on from one answer. */
  interface Branch {
    /** The next inquiry; none ends the search. */
    Optional<Inquiry> hear(boolean reached);
  }

  /** About a single image. */
  static Optional<Inquiry> one(float[] image, Branch then) {
    return Optional.of(
        new Inquiry(1, (_, _) -> new float[][] {image}, reached -> then.hear(reached[0])));
  }
}
