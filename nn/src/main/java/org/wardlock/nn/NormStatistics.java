package org.wardlock.nn;

import java.util.Locale;

/** What batch normalisation does in training; in evaluation it always uses what it remembers. */
public enum NormStatistics {
  /** Uses the statistics of the batch and moves the running ones towards them. */
  REFRESHED,
  /**
   * Uses the running statistics and leaves them alone: for few pictures, or for small changes to a
   * trained network.
   */
  FROZEN;

  /**
   * Reads {@code refreshed} or {@code frozen}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static NormStatistics parse(String text) {
    for (NormStatistics statistics : values()) {
      if (statistics.toString().equals(text)) {
        return statistics;
      }
    }
    throw new IllegalArgumentException(
        "batch normalisation '" + text + "': expected refreshed or frozen");
  }

  /** The name as options and files spell it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
