package org.wardlock.defense.differentiators;

/**
 * The second phase: how the student's answer is validated.
 *
 * @param asked how many differentiators look at a picture; all that can say something about it
 *     where there are fewer
 * @param vote how many of them must agree
 */
public record Validation(int asked, Vote vote) {
  /** Checks the number. */
  public Validation {
    if (asked < 1) {
      throw new IllegalArgumentException(
          "validation by %d differentiators, expected at least 1".formatted(asked));
    }
  }
}
