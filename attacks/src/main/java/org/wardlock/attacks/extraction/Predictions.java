package org.wardlock.attacks.extraction;

import java.io.IOException;
import java.util.Arrays;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.nn.Classifier;
import org.wardlock.tensor.NoGrad;
import org.wardlock.tensor.Scope;

/** What a classifier takes labelled pictures for, and how good that is. */
public final class Predictions {
  private final int classes;
  private final int[] labels;
  private final int[] predicted;

  private Predictions(int classes, int[] labels, int... predicted) {
    this.classes = classes;
    this.labels = labels;
    this.predicted = predicted;
  }

  /**
   * Shows pictures to a classifier.
   *
   * @param source labelled pictures
   * @param batchSize at a time; changes nothing
   * @throws IOException if pictures cannot be read
   */
  public static Predictions of(Classifier classifier, PictureSource source, int batchSize)
      throws IOException {
    int[] labels = new int[source.count()];
    int[] predicted = new int[source.count()];
    for (int start = 0; start < source.count(); start += batchSize) {
      int end = Math.min(start + batchSize, source.count());
      try (NoGrad _ = NoGrad.enter();
          Scope _ = Scope.open("predictions")) {
        Pictures batch = source.pictures(start, end);
        int[] found = classifier.logits(batch.images()).argMax().toInts();
        System.arraycopy(found, 0, predicted, start, found.length);
        System.arraycopy(batch.labels(), 0, labels, start, found.length);
      }
    }
    return new Predictions(classifier.classes(), labels, predicted);
  }

  /**
   * Known predictions.
   *
   * @param classes that could have been predicted
   */
  public static Predictions of(int classes, int[] labels, int... predicted) {
    if (labels.length != predicted.length) {
      throw new IllegalArgumentException(
          "predictions: %d for %d labels".formatted(predicted.length, labels.length));
    }
    return new Predictions(classes, labels.clone(), predicted.clone());
  }

  /** How many are taken for what they are. */
  public Share right() {
    return share(i -> labels[i] == predicted[i]);
  }

  private Share share(IntPredicate property) {
    long count = IntStream.range(0, labels.length).filter(property).count();
    return new Share((int) count, labels.length);
  }

  /**
   * The mean over the classes that the pictures are of of the harmonic mean of precision and
   * recall, from 0 to 1: what the authors of Copycat call macro average.
   */
  public double macroF1() {
    int[] hits = new int[classes];
    int[] found = new int[classes];
    int[] named = new int[classes];
    for (int i = 0; i < labels.length; i++) {
      found[labels[i]]++;
      named[predicted[i]]++;
      hits[labels[i]] += labels[i] == predicted[i] ? 1 : 0;
    }
    return IntStream.range(0, classes)
        .filter(label -> found[label] > 0)
        .mapToDouble(label -> 2.0 * hits[label] / (found[label] + named[label]))
        .average()
        .orElse(0);
  }

  /**
   * How many another classifier takes for the same: the fidelity of one to the other.
   *
   * @throws IllegalArgumentException if these are other pictures
   */
  public Share agreement(Predictions other) {
    if (!Arrays.equals(labels, other.labels)) {
      throw new IllegalArgumentException("predictions: of different pictures, cannot be compared");
    }
    return share(i -> predicted[i] == other.predicted[i]);
  }
}
