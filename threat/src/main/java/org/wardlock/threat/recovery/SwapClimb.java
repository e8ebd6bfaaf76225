package org.wardlock.threat.recovery;

import org.wardlock.attacks.Passes;

/**
 * Changes a guess a step at a time and keeps what is better: exchanges the sources of every pair of
 * positions in turn, and negates every position in turn, each where the key's chain allows it, in
 * sweeps.
 *
 * <p>By {@link Criterion#ACCURACY} and with ten sweeps it is the heuristic search of arXiv
 * 2010.00801's official code, which also takes steps that leave the accuracy as it is. By {@link
 * Criterion#LOSS} it stops where no step of a whole sweep improved: at a local minimum.
 *
 * @param criterion which steps to keep
 * @param sweeps the most sweeps, at least 1
 */
public record SwapClimb(Criterion criterion, int sweeps) implements KeySearch {
  /** Checks the number. */
  public SwapClimb {
    if (sweeps < 1) {
      throw new IllegalArgumentException(
          "swap climb: found %d sweeps; expected at least 1".formatted(sweeps));
    }
  }

  /** The published search: by accuracy, ten sweeps. */
  public static SwapClimb published() {
    return new SwapClimb(Criterion.ACCURACY, 10);
  }

  @Override
  public String name() {
    return criterion == Criterion.LOSS ? "swap-loss" : "swap-accuracy";
  }

  @Override
  public Passes cost(KeyTables start, int pictures) {
    return new Passes((1 + (long) sweeps * stepsOfSweep(start)) * pictures, 0);
  }

  private static int stepsOfSweep(KeyTables tables) {
    int length = tables.length();
    int swaps = tables.shuffles() ? length * (length - 1) / 2 : 0;
    return swaps + (tables.negates() ? length : 0);
  }

  @Override
  public KeyEstimate search(GuessJudge judge, KeyTables start) {
    Passes before = judge.passes();
    var climb = new Climb(judge, start);
    for (int sweep = 0; sweep < sweeps; sweep++) {
      if (!climb.sweep(criterion)) {
        break;
      }
    }
    return new KeyEstimate(climb.guess, climb.score, judge.passesSince(before));
  }

  /** A guess on its way up. */
  private static final class Climb {
    final GuessJudge judge;
    KeyTables guess;
    GuessScore score;

    Climb(GuessJudge judge, KeyTables start) {
      this.judge = judge;
      guess = start;
      score = judge.score(start);
    }

    /** Tries every step once; whether any was kept. */
    boolean sweep(Criterion criterion) {
      boolean moved = false;
      int length = guess.length();
      for (int first = 0; guess.shuffles() && first < length; first++) {
        for (int second = first + 1; second < length; second++) {
          moved |= step(guess.swapped(first, second), criterion);
        }
      }
      for (int position = 0; guess.negates() && position < length; position++) {
        moved |= step(guess.flipped(position), criterion);
      }
      return moved;
    }

    private boolean step(KeyTables next, Criterion criterion) {
      GuessScore nextScore = judge.score(next);
      if (!criterion.accepts(nextScore, score)) {
        return false;
      }
      guess = next;
      score = nextScore;
      return true;
    }
  }
}
