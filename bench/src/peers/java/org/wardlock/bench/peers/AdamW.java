package org.wardlock.bench.peers;

import java.util.Arrays;

/** What all engines train with, PyTorch's defaults for the rest. */
final class AdamW {
  static final double LEARNING_RATE = 1e-4;
  static final double WEIGHT_DECAY = 0.05;

  /** Losses that are compared: from the second on they show the optimiser's work. */
  static final int STEPS_COMPARED = 3;

  private AdamW() {}

  /** Two arrays in one. */
  static float[] append(float[] first, float[] second) {
    float[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
