package org.wardlock.data.packed;

import java.util.Objects;

/**
 * A picture that could not be read and is therefore in no cache.
 *
 * @param id its number in the split it came from
 * @param name as the source calls it
 * @param reason what was found and what was expected
 */
public record SkippedPicture(long id, String name, String reason) {
  /** Checks that nothing is missing. */
  public SkippedPicture {
    Objects.requireNonNull(name, "name of a skipped picture");
    Objects.requireNonNull(reason, "reason of a skipped picture");
  }
}
