package org.wardlock.defense;

/**
 * How many members of an ensemble look at a picture, and how their answers become one.
 *
 * @param asked members a picture is shown to, chosen anew for each picture, all sets equally likely
 * @param rule how several answers become one; one answer is given as it is
 */
public record Voting(int asked, Rule rule) {
  /** One member, chosen by chance, answers alone: arXiv 2309.01620. */
  public static final Voting ONE = new Voting(1, Rule.MEAN);

  /** How several answers become one. */
  public enum Rule {
    /**
     * Logits are the logarithm of the mean of the members' probabilities, of 1e-30 at least so that
     * they are finite.
     */
    MEAN,

    /**
     * Logits are the number of members that take the picture for the class, and the mean of their
     * probabilities, which decides between equal numbers. Almost everywhere the votes are constant,
     * so gradients are those of the mean.
     */
    MAJORITY
  }

  /**
   * Checks the number.
   *
   * @throws IllegalArgumentException if nobody is asked
   */
  public Voting {
    if (asked < 1) {
      throw new IllegalArgumentException(
          "voting: found %s members asked; expected at least 1".formatted(asked));
    }
  }
}
