package org.wardlock.attacks.extraction;

import java.util.Arrays;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.wardlock.attacks.Rows;
import org.wardlock.tensor.Tensor;

/**
 * What a service tells of its logits: a label, or probabilities, perhaps of the likeliest classes
 * alone and perhaps rounded, as services do that fear for their model (Tramèr et al. 2016).
 *
 * @param answers a label or probabilities
 * @param classes of how many classes, likeliest first, the probability is told; the others are told
 *     as 0. Of all, if empty
 * @param decimals to which probabilities are rounded, 0 to 7; not at all, if empty
 */
public record Disclosure(Answers answers, OptionalInt classes, OptionalInt decimals) {
  private static final int MOST_DECIMALS = 7;

  /** By how much probabilities in float32 may miss a sum of 1 that are told as they are. */
  private static final double ROUNDING = 1e-5;

  /** Checks that there is something to be told. */
  public Disclosure {
    if (answers == Answers.LABELS && (classes.isPresent() || decimals.isPresent())) {
      throw new IllegalArgumentException(
          "disclosure: labels have no probabilities to be rounded or left out");
    }
    if (classes.orElse(1) < 1) {
      throw new IllegalArgumentException(
          "disclosure: probabilities of %d classes, expected at least 1"
              .formatted(classes.getAsInt()));
    }
    if (decimals.orElse(0) < 0 || decimals.orElse(0) > MOST_DECIMALS) {
      throw new IllegalArgumentException(
          "disclosure: %d decimals, expected 0 to %d"
              .formatted(decimals.getAsInt(), MOST_DECIMALS));
    }
  }

  /** Labels, or probabilities as they are. */
  public static Disclosure of(Answers answers) {
    return new Disclosure(answers, OptionalInt.empty(), OptionalInt.empty());
  }

  /**
   * What is told of some logits.
   *
   * @param logits (N, classes)
   * @return a row a picture: probabilities, or 1 for the likeliest class and 0 for the others
   */
  float[][] tell(Tensor logits) {
    int all = logits.shape().extent(1);
    if (answers == Answers.LABELS) {
      return Rows.toHost(logits.argMax().oneHot(all, 1, 0));
    }
    float[][] rows = Rows.toHost(logits.softmax());
    for (float[] row : rows) {
      classes.ifPresent(count -> keepLargest(row, count));
      decimals.ifPresent(count -> round(row, count));
    }
    return rows;
  }

  private static void keepLargest(float[] row, int count) {
    IntStream.range(0, row.length)
        .boxed()
        // of equal ones the first is kept: sorting is stable
        .sorted((a, b) -> Float.compare(row[b], row[a]))
        .skip(count)
        .forEach(index -> row[index] = 0);
  }

  private static void round(float[] row, int count) {
    double unit = Math.pow(10, count);
    for (int i = 0; i < row.length; i++) {
      row[i] = (float) (Math.round(row[i] * unit) / unit);
    }
  }

  /**
   * What a thief makes of an answer: probabilities that add up to 1. What was not told is spread
   * evenly over the classes of which nothing was.
   */
  static float[] complete(float... told) {
    double sum = IntStream.range(0, told.length).mapToDouble(i -> told[i]).sum();
    if (Math.abs(sum - 1) < ROUNDING) {
      return told.clone();
    }
    long silent = IntStream.range(0, told.length).filter(i -> told[i] == 0).count();
    double share = sum < 1 && silent > 0 ? (1 - sum) / silent : 0;
    double whole = sum + share * silent;
    float[] completed = Arrays.copyOf(told, told.length);
    for (int i = 0; i < told.length; i++) {
      completed[i] = (float) ((told[i] == 0 ? share : told[i]) / whole);
    }
    return completed;
  }
}
