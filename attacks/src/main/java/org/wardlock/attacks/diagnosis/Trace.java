package org.wardlock.attacks.diagnosis;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Candidates;
import org.wardlock.attacks.Effort;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Oracle;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Ranking;
import org.wardlock.attacks.Task;
import org.wardlock.attacks.Threat;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.Scope;

/**
 * What an attack asked about one picture, in order, and whether it says that it succeeded. Any
 * attack can be traced: it is given a single picture, and the classifier writes down what it sees.
 *
 * @param steps the images that the classifier was asked about
 * @param reached whether the attack says that it has succeeded
 */
record Trace(List<Step> steps, boolean reached) {
  private static final int LAST = 10;
  private static final double RISE = 0.05;

  /**
   * One image that the classifier was asked about.
   *
   * @param margin of the wanted answer: more than 0 where it wins
   * @param isReached whether the image is answered as wanted
   * @param isPermitted whether the threat permits it
   * @param steepest the largest magnitude of the gradient towards the image, if it was asked for
   */
  record Step(double margin, boolean isReached, boolean isPermitted, OptionalDouble steepest) {}

  /**
   * Traces an attack.
   *
   * @param one a single picture, which is not answered as wanted
   */
  static Trace of(Attack attack, Classifier classifier, Pictures one, Threat threat, long seed) {
    try (Scope _ = Scope.open("trace")) {
      RecordingClassifier recorder = new RecordingClassifier(classifier);
      Task task = new Task(one, threat, seed, Effort.UNTIL_BROKEN);
      Candidates found = attack.search(Oracle.of(recorder, one), task);
      float[] clean = one.images().toFloats();
      List<Step> steps = new ArrayList<>();
      for (RecordingClassifier.Question question : recorder.questions()) {
        double[] logits = question.logits();
        steps.add(
            new Step(
                Loss.MARGIN.of(one, 0, logits).value(),
                one.isReached(0, Ranking.of(logits, 1).at(0)),
                threat.permits(clean, question.image()),
                question.steepest()));
      }
      return new Trace(List.copyOf(steps), found.reached()[0]);
    }
  }

  /** Whether it passed by a picture that would have been success, and did not say so. */
  boolean isSilentSuccess() {
    return !reached && steps.stream().anyMatch(step -> step.isReached() && step.isPermitted());
  }

  /** Whether a gradient on the way was zero throughout. */
  boolean lostItsGradient() {
    return steps.stream().anyMatch(step -> step.steepest().orElse(1) == 0);
  }

  /**
   * Whether the best margin so far still rose by more than 5 % of all it rose over its last ten
   * steps.
   */
  boolean isIncomplete() {
    double[] best = new double[steps.size()];
    double lowest = Double.POSITIVE_INFINITY;
    double highest = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < best.length; i++) {
      lowest = Math.min(lowest, steps.get(i).margin());
      highest = Math.max(highest, steps.get(i).margin());
      best[i] = highest;
    }
    if (best.length < 2 || highest == lowest) {
      return false;
    }
    double before = best[Math.max(0, best.length - LAST)];
    return (best[best.length - 1] - before) / (highest - lowest) > RISE;
  }
}
