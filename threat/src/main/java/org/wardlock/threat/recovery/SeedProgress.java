package org.wardlock.threat.recovery;

import java.util.OptionalLong;

/**
 * How far a search through the published seeds has come; it goes on from here.
 *
 * @param next the position in {@link PlausibleSeeds} to go on from
 * @param best the best seed so far, if any came into question
 * @param cost of the best one: see the search
 * @param certain whether the best one explains the model, so that there is nothing to look for
 */
public record SeedProgress(long next, OptionalLong best, double cost, boolean certain) {
  /** Nothing tried yet. */
  public static final SeedProgress START =
      new SeedProgress(0, OptionalLong.empty(), Double.POSITIVE_INFINITY, false);

  /** Whether there is nothing left to do. */
  public boolean isDone() {
    return certain || next >= PlausibleSeeds.count();
  }

  /** The progress; the seed is as secret as the key. */
  @Override
  public String toString() {
    return "SeedProgress[next=%d cost=%s certain=%s]".formatted(next, cost, certain);
  }
}
