package org.wardlock.threat;

/**
 * What attackers of keys draw random numbers for. Each use has sequences of numbers of its own; new
 * uses go to the end, so that old ones keep theirs.
 */
public enum ThreatPurpose {
  /** Keys that are guessed; the stream is the row's own. */
  GUESSES,
  /** The order in which own pictures are used. */
  OWN_PICTURES,
  /** Steps of a search for a key. */
  SEARCH;

  /** Leaves the numbers below to other packages: "THRT" in ASCII, then this use's place. */
  private static final int BASE = 0x5448_5254;

  /** The number that the generator knows this use by. */
  public int number() {
    return BASE + ordinal();
  }
}
