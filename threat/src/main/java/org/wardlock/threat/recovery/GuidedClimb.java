package org.wardlock.threat.recovery;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.wardlock.attacks.Passes;
import org.wardlock.tensor.Gradients;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * The steps of a {@link SwapClimb} by loss, in a better order: one gradient of the loss towards the
 * relaxed key foretells, to first order, what each of the thousand exchanges would do, and only the
 * most promising ones are tried. Rounds go on until one brings nothing.
 *
 * @param rounds the most gradients to take
 * @param tries steps that are tried after each
 */
public record GuidedClimb(int rounds, int tries) implements KeySearch {
  private static final int BATCH = 64;

  /** Checks the numbers. */
  public GuidedClimb {
    if (rounds < 1 || tries < 1) {
      throw new IllegalArgumentException(
          "guided climb: found %d rounds of %d tries; expected at least 1 of each"
              .formatted(rounds, tries));
    }
  }

  /** A step: two positions exchange their sources, or one, named twice, is negated. */
  private record Step(int first, int second, double foretold) {
    KeyTables from(KeyTables guess) {
      return first == second ? guess.flipped(first) : guess.swapped(first, second);
    }
  }

  @Override
  public String name() {
    return "guided-swap";
  }

  @Override
  public Passes cost(KeyTables start, int pictures) {
    return new Passes((1 + (long) rounds * (1 + tries)) * pictures, (long) rounds * pictures);
  }

  @Override
  public KeyEstimate search(GuessJudge judge, KeyTables start) {
    Passes before = judge.passes();
    KeyTables guess = start;
    GuessScore score = judge.score(start);
    try (RelaxedKey key =
        new RelaxedKey(start.spec(), judge.model().imageShape(), judge.model().device())) {
      boolean moved = true;
      for (int round = 0; round < rounds && moved; round++) {
        moved = false;
        List<Step> steps = foretell(judge, key, guess);
        for (Step step : steps.subList(0, Math.min(tries, steps.size()))) {
          KeyTables next = step.from(guess);
          GuessScore nextScore = judge.score(next);
          if (Criterion.LOSS.accepts(nextScore, score)) {
            guess = next;
            score = nextScore;
            moved = true;
          }
        }
      }
    }
    return new KeyEstimate(guess, score, judge.passesSince(before));
  }

  /** All steps, the most promising first. */
  private static List<Step> foretell(GuessJudge judge, RelaxedKey key, KeyTables guess) {
    int length = guess.length();
    var towardsMixing = new double[length * length];
    var towardsNegation = new double[length];
    for (int start = 0; start < judge.count(); start += BATCH) {
      int end = Math.min(judge.count(), start + BATCH);
      addGradients(judge, key, guess, start, end, towardsMixing, towardsNegation);
    }
    judge.count(new Passes(judge.count(), judge.count()));
    var steps = new ArrayList<Step>();
    for (int i = 0; guess.shuffles() && i < length; i++) {
      int from = guess.sources().at(i);
      for (int k = i + 1; k < length; k++) {
        int other = guess.sources().at(k);
        steps.add(
            new Step(
                i,
                k,
                towardsMixing[i * length + other]
                    - towardsMixing[i * length + from]
                    + towardsMixing[k * length + from]
                    - towardsMixing[k * length + other]));
      }
    }
    boolean[] negated = guess.negated();
    for (int i = 0; guess.negates() && i < length; i++) {
      steps.add(new Step(i, i, negated[i] ? -towardsNegation[i] : towardsNegation[i]));
    }
    steps.sort(Comparator.comparingDouble(Step::foretold));
    return steps;
  }

  private static void addGradients(
      GuessJudge judge,
      RelaxedKey key,
      KeyTables guess,
      int start,
      int end,
      double[] towardsMixing,
      double[] towardsNegation) {
    int length = guess.length();
    try (Scope _ = Scope.open("guided climb")) {
      Tensor mixing =
          Tensor.of(judge.model().device(), Shape.of(length, length), RelaxedKey.mixing(guess))
              .requiresGrad();
      Tensor negation =
          Tensor.of(judge.model().device(), Shape.of(length), RelaxedKey.negation(guess))
              .requiresGrad();
      int[] labels = Arrays.copyOfRange(judge.labels(), start, end);
      Tensor images = judge.images().slice(0, start, end);
      Gradients gradients = key.loss(judge.model(), images, labels, mixing, negation).backward();
      double share = (double) (end - start) / judge.count();
      accumulate(towardsMixing, share, gradients.of(mixing).toFloats());
      accumulate(towardsNegation, share, gradients.of(negation).toFloats());
    }
  }

  private static void accumulate(double[] sum, double share, float... values) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += share * values[i];
    }
  }
}
