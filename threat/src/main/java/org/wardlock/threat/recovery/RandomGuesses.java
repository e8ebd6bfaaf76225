package org.wardlock.threat.recovery;

import org.wardlock.attacks.Passes;
import org.wardlock.defense.ExperimentKeys;
import org.wardlock.defense.Key;

/**
 * The best of a number of random keys of the same kind, by accuracy and then by loss: the search of
 * arXiv 2010.00801's official code (20,000 keys, one batch), and the weakest there is. The start
 * says what kind, and is no guess itself.
 *
 * @param guesses how many keys
 * @param seed guess i is a function of it and i
 */
public record RandomGuesses(int guesses, long seed) implements KeySearch {
  /** Checks the number. */
  public RandomGuesses {
    if (guesses < 1) {
      throw new IllegalArgumentException(
          "random guesses: found %d keys; expected at least 1".formatted(guesses));
    }
  }

  @Override
  public String name() {
    return "random";
  }

  @Override
  public Passes cost(KeyTables start, int pictures) {
    return new Passes((long) guesses * pictures, 0);
  }

  @Override
  public KeyEstimate search(GuessJudge judge, KeyTables start) {
    Passes before = judge.passes();
    KeyTables best = start;
    GuessScore bestScore = new GuessScore(-1, Double.POSITIVE_INFINITY);
    for (Key key : ExperimentKeys.draw(start.spec(), guesses, seed)) {
      try (key) {
        KeyTables guess = KeyTables.of(key, start.channels());
        GuessScore score = judge.score(guess);
        if (Criterion.ACCURACY.prefers(score, bestScore)
            || score.accuracy() == bestScore.accuracy()
                && Criterion.LOSS.prefers(score, bestScore)) {
          best = guess;
          bestScore = score;
        }
      }
    }
    return new KeyEstimate(best, bestScore, judge.passesSince(before));
  }
}
