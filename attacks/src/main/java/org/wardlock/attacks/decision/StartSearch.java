package org.wardlock.attacks.decision;

import java.util.Optional;
import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.Shape;

/**
 * Looks for a picture, far away, that is answered as wanted: noise, drawn nearer to the clean
 * picture by bisection. Published is noise in every pixel. Many networks take all such noise for
 * one class, and pictures of that class would pass for robust; so every other try is noise in tiles
 * of 2, 4, 8, ... pixels, up to one colour.
 */
final class StartSearch {
  private static final int TRIALS = 10_000;
  private static final double NEAR_ENOUGH = 0.001;

  private final float[] clean;
  private final Shape shape;
  private final long seed;
  private final long id;
  private final Then then;

  /** What to do from the start. */
  interface Then {
    /** The next inquiry. */
    Optional<Inquiry> from(float[] start);
  }

  StartSearch(Task task, int row, float[] clean, Then then) {
    this.clean = clean;
    this.shape = task.pictures().images().shape().without(0);
    this.seed = task.seed();
    this.id = task.pictures().ids()[row];
    this.then = then;
  }

  Optional<Inquiry> begin() {
    return trial(0);
  }

  private Optional<Inquiry> trial(int trial) {
    if (trial == TRIALS) {
      return Optional.empty();
    }
    float[] noise = noise(trial);
    return Inquiry.one(noise, reached -> reached ? nearer(noise, 0, 1) : trial(trial + 1));
  }

  /** Noise of a trial: in pixels, or in tiles. */
  float[] noise(int trial) {
    int height = shape.extent(1);
    int width = shape.extent(2);
    int side = trial % 2 == 0 ? 1 : side(trial / 2, Math.max(height, width));
    Philox random =
        new Philox(seed, AttackPurpose.DECISION_START.number(), (long) trial << Integer.SIZE | id);
    float[] noise = new float[clean.length];
    for (int i = 0; i < noise.length; i++) {
      int row = i / width % height / side;
      int column = i % width / side;
      int channel = i / (height * width);
      noise[i] = random.uniform(((long) channel * height + row) * width + column);
    }
    return noise;
  }

  /** 2, 4, 8, ... up to one tile for the whole picture, and again from 2. */
  private static int side(int turn, int longest) {
    int sizes = Math.max(1, Integer.SIZE - Integer.numberOfLeadingZeros(longest - 1));
    return 2 << turn % sizes;
  }

  private Optional<Inquiry> nearer(float[] noise, double low, double high) {
    if (high - low <= NEAR_ENOUGH) {
      return then.from(blend(noise, high));
    }
    double middle = (low + high) / 2;
    return Inquiry.one(
        blend(noise, middle),
        reached -> reached ? nearer(noise, low, middle) : nearer(noise, middle, high));
  }

  private float[] blend(float[] noise, double share) {
    return Blends.straight(clean, noise, share);
  }
}
