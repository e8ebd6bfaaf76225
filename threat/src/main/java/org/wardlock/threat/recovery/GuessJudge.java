package org.wardlock.threat.recovery;

import java.util.OptionalInt;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Passes;
import org.wardlock.defense.KeyTransform;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.threat.MappedClassifier;

/**
 * What an attacker without the key judges guesses by: the model's weights and some labelled
 * pictures. The keyed service is not asked. Counts every pass. For one thread at a time.
 */
public final class GuessJudge {
  private static final int BATCH = 64;

  private final Classifier model;
  private final Tensor images;
  private final int[] labels;
  private Passes passes = Passes.NONE;

  /**
   * @param model which sees transformed pictures
   * @param images plain ones, (N, channels, height, width) in [0, 1], on the model's device; they
   *     stay the caller's
   * @param labels of the pictures
   * @throws IllegalArgumentException if there are no pictures, or not one label for each
   */
  public GuessJudge(Classifier model, Tensor images, int... labels) {
    if (labels.length == 0 || images.shape().extent(0) != labels.length) {
      throw new IllegalArgumentException(
          "judge of guesses: %d labels for pictures %s; expected one a picture, and a picture"
              .formatted(labels.length, images.shape()));
    }
    this.model = model;
    this.images = images;
    this.labels = labels.clone();
  }

  /** The model behind the guesses. */
  Classifier model() {
    return model;
  }

  /** The attacker's pictures. */
  Tensor images() {
    return images;
  }

  /** Their labels. */
  int[] labels() {
    return labels.clone();
  }

  /** How many pictures guesses are judged by. */
  public int count() {
    return labels.length;
  }

  /** All passes so far, in passes of one picture. */
  public Passes passes() {
    return passes;
  }

  /** The passes since a moment at which {@link #passes} were so many. */
  Passes passesSince(Passes before) {
    return new Passes(passes.forward() - before.forward(), passes.backward() - before.backward());
  }

  void count(Passes more) {
    passes = passes.plus(more);
  }

  /** How well a guess fits: one forward pass a picture. */
  public GuessScore score(KeyTables guess) {
    try (NoGrad _ = NoGrad.enter();
        KeyTransform transform = guess.transform(model.imageShape(), model.device())) {
      return score(new MappedClassifier(model, transform));
    }
  }

  /** How well a classifier does on the attacker's pictures: one forward pass a picture. */
  GuessScore score(Classifier guessed) {
    int right = 0;
    double loss = 0;
    for (int start = 0; start < labels.length; start += BATCH) {
      int end = Math.min(labels.length, start + BATCH);
      try (NoGrad _ = NoGrad.enter();
          Scope _ = Scope.open("score of a guess")) {
        float[] logits = guessed.logits(images.slice(0, start, end)).toFloats();
        for (int picture = start; picture < end; picture++) {
          double[] answer = row(logits, picture - start);
          right += isLargest(answer, labels[picture]) ? 1 : 0;
          loss += Loss.CROSS_ENTROPY.of(answer, labels[picture], OptionalInt.empty()).value();
        }
      }
    }
    count(new Passes(labels.length, 0));
    return new GuessScore((double) right / labels.length, loss / labels.length);
  }

  private double[] row(float[] logits, int row) {
    var values = new double[model.classes()];
    for (int k = 0; k < values.length; k++) {
      values[k] = logits[row * values.length + k];
    }
    return values;
  }

  /** Whether a class has the largest logit, the lowest among equals. */
  private static boolean isLargest(double[] logits, int label) {
    for (int k = 0; k < logits.length; k++) {
      if (logits[k] > logits[label] || logits[k] == logits[label] && k < label) {
        return false;
      }
    }
    return true;
  }
}
