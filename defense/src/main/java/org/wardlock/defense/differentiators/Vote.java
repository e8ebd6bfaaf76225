package org.wardlock.defense.differentiators;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How many of the differentiators that are asked must agree with the student. */
public enum Vote {
  /** Every one. */
  ALL {
    @Override
    int needed(int asked) {
      return asked;
    }
  },
  /** More than half. */
  MAJORITY {
    @Override
    int needed(int asked) {
      return asked / 2 + 1;
    }
  };

  /** How many must agree. */
  abstract int needed(int asked);

  /**
   * Reads {@code all} or {@code majority}.
   *
   * @throws IllegalArgumentException if it is neither
   */
  public static Vote parse(String text) {
    return Arrays.stream(values())
        .filter(vote -> vote.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "vote '%s': expected %s"
                        .formatted(
                            text,
                            Arrays.stream(values())
                                .map(Vote::toString)
                                .collect(Collectors.joining(" or ")))));
  }

  /** The name as options and files spell it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
