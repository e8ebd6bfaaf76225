package org.wardlock.attacks.score;

/** What a search by scores tries for one picture. Every image is within the threat. */
interface Moves {
  /** The image to start from. */
  float[] start();

  /**
   * The image to try next.
   *
   * @param best of those tried so far; stays as it is
   * @param query from 0
   */
  float[] propose(float[] best, int query);

  /** Hears whether what was proposed last is the best now. */
  default void hear(boolean isBest) {}

  /** Whether there is nothing left to try. */
  default boolean isExhausted() {
    return false;
  }
}
