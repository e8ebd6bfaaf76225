package org.wardlock.bench.peers;

import java.util.SplittableRandom;

/** Numbers that every process makes alike. */
final class Values {
  private Values() {}

  /** Values in [-0.5, 0.5). */
  static float[] symmetric(int count, long seed) {
    float[] values = unit(count, seed);
    for (int i = 0; i < count; i++) {
      values[i] -= 0.5f;
    }
    return values;
  }

  /** Values in [0, 1). */
  static float[] unit(int count, long seed) {
    var random = new SplittableRandom(seed);
    float[] values = new float[count];
    for (int i = 0; i < count; i++) {
      values[i] = (float) random.nextDouble();
    }
    return values;
  }

  /**
   * Each value moved by a millionth, every other one up: about as much as rounding makes the logits
   * of two engines differ by.
   */
  static float[] moved(float[] values) {
    float[] moved = values.clone();
    for (int i = 0; i < moved.length; i++) {
      moved[i] *= i % 2 == 0 ? 1 + 1e-6f : 1 - 1e-6f;
    }
    return moved;
  }

  /** The largest difference of two arrays over the largest magnitude of the first. */
  static double relativeDifference(float[] expected, float[] found) {
    if (expected.length != found.length) {
      throw new IllegalArgumentException(
          found.length + " numbers to compare with " + expected.length);
    }
    double difference = 0;
    double magnitude = 0;
    for (int i = 0; i < expected.length; i++) {
      double distance = Math.abs((double) expected[i] - found[i]);
      difference = distance > difference || Double.isNaN(distance) ? distance : difference;
      magnitude = Math.max(magnitude, Math.abs(expected[i]));
    }
    return difference / magnitude;
  }
}
