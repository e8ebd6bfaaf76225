package org.wardlock.threat.recovery;

/** By what one guess is better than another. */
public enum Criterion {
  /** More pictures answered rightly: what the published searches go by. */
  ACCURACY {
    @Override
    boolean prefers(GuessScore score, GuessScore other) {
      return score.accuracy() > other.accuracy();
    }

    @Override
    boolean accepts(GuessScore score, GuessScore other) {
      return score.accuracy() >= other.accuracy();
    }
  },

  /** A smaller mean cross-entropy, which tells guesses apart that answer alike. */
  LOSS {
    @Override
    boolean prefers(GuessScore score, GuessScore other) {
      return score.loss() < other.loss();
    }

    @Override
    boolean accepts(GuessScore score, GuessScore other) {
      return prefers(score, other);
    }
  };

  /** Whether a score is better than another. */
  abstract boolean prefers(GuessScore score, GuessScore other);

  /** Whether a climb goes from a guess of the other score to one of this. */
  abstract boolean accepts(GuessScore score, GuessScore other);
}
