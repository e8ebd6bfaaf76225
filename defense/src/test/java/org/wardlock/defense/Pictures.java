package org.wardlock.defense;

import java.util.Random;

/** Random pictures. */
final class Pictures {
  private Pictures() {}

  /** Values k / levels for random k of 0..levels. */
  static float[] random(long seed, int size, int levels) {
    var random = new Random(seed);
    var picture = new float[size];
    for (int i = 0; i < size; i++) {
      picture[i] = random.nextInt(levels + 1) / (float) levels;
    }
    return picture;
  }
}
