package org.wardlock.attacks.extraction;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;

/**
 * A gradient bandit (Sutton and Barto, section 2.8) that learns which groups are worth a question:
 * each has a preference, the policy is their softmax, and a reward above the mean of the last ones
 * raises the preference of the group it came from, by a rate of 1 / (times it was drawn), as in
 * Orekondy, Schiele and Fritz 2019.
 */
final class GroupBandit {
  /** Over how many rewards the mean is taken. */
  static final int WINDOW = 128;

  private final double[] preferences;
  private final int[] drawn;
  private final Deque<Double> rewards = new ArrayDeque<>();

  GroupBandit(int groups) {
    preferences = new double[groups];
    drawn = new int[groups];
  }

  /**
   * How likely each group is drawn.
   *
   * @param open whether a group has pictures left
   */
  double[] policy(boolean... open) {
    double largest = Double.NEGATIVE_INFINITY;
    for (int group = 0; group < preferences.length; group++) {
      largest = open[group] ? Math.max(largest, preferences[group]) : largest;
    }
    double[] weights = new double[preferences.length];
    for (int group = 0; group < weights.length; group++) {
      weights[group] = open[group] ? StrictMath.exp(preferences[group] - largest) : 0;
    }
    double sum = Arrays.stream(weights).sum();
    return Arrays.stream(weights).map(weight -> sum > 0 ? weight / sum : 0).toArray();
  }

  /**
   * Learns from a draw.
   *
   * @param policy by which it was made
   * @param reward from 0 to 1
   */
  void learn(int group, double reward, double... policy) {
    drawn[group]++;
    double mean = rewards.stream().mapToDouble(each -> each).average().orElse(reward);
    double change = (reward - mean) / drawn[group];
    for (int other = 0; other < preferences.length; other++) {
      preferences[other] += change * ((other == group ? 1 : 0) - policy[other]);
    }
    rewards.addLast(reward);
    if (rewards.size() > WINDOW) {
      rewards.removeFirst();
    }
  }
}
