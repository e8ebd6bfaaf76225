package org.wardlock.attacks.extraction;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * What an answer was worth (Orekondy, Schiele and Fritz 2019): how certain the service is, how much
 * the answer differs from the last ones, and how little the copy knew it; each brought to 0 to 1 by
 * the least and the most there was so far, and the mean of the three. Of labels, the first tells
 * nothing and is always the same.
 */
final class QueryRewards {
  private static final double SMALLEST = 1e-12;

  private final Deque<float[]> recent = new ArrayDeque<>();
  private final double[] least = new double[3];
  private final double[] most = new double[3];

  QueryRewards() {
    Arrays.fill(least, Double.POSITIVE_INFINITY);
    Arrays.fill(most, Double.NEGATIVE_INFINITY);
  }

  /**
   * The reward of an answer, which then belongs to the last ones.
   *
   * @param answer probabilities
   * @param copy what the copy said of the picture before it learnt the answer, likewise
   */
  double of(float[] answer, float... copy) {
    double[] parts = {certainty(answer), novelty(answer), surprise(answer, copy)};
    double sum = 0;
    for (int i = 0; i < parts.length; i++) {
      least[i] = Math.min(least[i], parts[i]);
      most[i] = Math.max(most[i], parts[i]);
      sum += most[i] > least[i] ? (parts[i] - least[i]) / (most[i] - least[i]) : 0.5;
    }
    recent.addLast(answer.clone());
    if (recent.size() > GroupBandit.WINDOW) {
      recent.removeFirst();
    }
    return sum / parts.length;
  }

  /** By how much the likeliest class is likelier than the next. */
  private static double certainty(float... answer) {
    float[] sorted = answer.clone();
    Arrays.sort(sorted);
    return sorted.length < 2 ? 1 : sorted[sorted.length - 1] - sorted[sorted.length - 2];
  }

  /** By how much classes are likelier than they were in the last answers; 0 if there are none. */
  private double novelty(float... answer) {
    if (recent.isEmpty()) {
      return 0;
    }
    double sum = 0;
    for (int k = 0; k < answer.length; k++) {
      int index = k;
      double mean = recent.stream().mapToDouble(row -> row[index]).average().orElseThrow();
      sum += Math.max(0, answer[k] - mean);
    }
    return sum;
  }

  /** The cross-entropy of what the copy said. */
  private static double surprise(float[] answer, float... copy) {
    double sum = 0;
    for (int k = 0; k < answer.length; k++) {
      sum -= answer[k] == 0 ? 0 : answer[k] * StrictMath.log(Math.max(copy[k], SMALLEST));
    }
    return sum;
  }
}
