package org.wardlock.attacks;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.LongStream;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;

/**
 * Pictures to attack, and when an attack on one has succeeded: when it is taken for its target, or,
 * without targets, for anything but its label.
 *
 * @param images (N, channels, height, width), float32 in [0, 1]
 * @param labels the true class of each
 * @param ids tell pictures apart: random choices depend on the id, never on the place in a batch.
 *     From 0 to 2^32 - 1
 * @param targets the class that each shall be taken for, other than its label
 */
public record Pictures(Tensor images, int[] labels, long[] ids, Optional<int[]> targets) {
  private static final long IDS = 1L << 32;

  /** Checks that the parts belong together. */
  public Pictures {
    if (images.shape().rank() != 4) {
      throw new IllegalArgumentException(
          "pictures of shape " + images.shape() + ", expected [N,channels,height,width]");
    }
    int count = images.shape().extent(0);
    requireCount("labels", labels.length, count);
    requireCount("ids", ids.length, count);
    for (long id : ids) {
      if (id < 0 || id >= IDS) {
        throw new IllegalArgumentException("picture id " + id + " is outside 0..2^32-1");
      }
    }
    if (targets.isPresent()) {
      int[] chosen = targets.get();
      requireCount("targets", chosen.length, count);
      for (int i = 0; i < count; i++) {
        if (chosen[i] == labels[i]) {
          throw new IllegalArgumentException(
              "picture " + ids[i] + ": target " + chosen[i] + " is its own label");
        }
      }
    }
  }

  private static void requireCount(String what, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          "pictures: " + found + " " + what + " for " + expected + " images");
    }
  }

  /** Pictures with the ids 0, 1, ..., to be taken for anything but their labels. */
  public static Pictures of(Tensor images, int... labels) {
    return new Pictures(
        images, labels, LongStream.range(0, labels.length).toArray(), Optional.empty());
  }

  /** The same pictures under other ids. */
  public Pictures withIds(long... newIds) {
    return new Pictures(images, labels, newIds, targets);
  }

  /** The same pictures, each to be taken for the class given here. */
  public Pictures withTargets(int... newTargets) {
    return new Pictures(images, labels, ids, Optional.of(newTargets));
  }

  /**
   * The same pictures, each to be taken for a random class other than its label: the same one for
   * equal seed, id and label.
   *
   * @param classes at least 2
   */
  public Pictures withRandomTargets(long seed, int classes) {
    int[] chosen = new int[labels.length];
    for (int row = 0; row < chosen.length; row++) {
      int steps =
          1 + new Philox(seed, AttackPurpose.TARGETS.number(), ids[row]).below(classes - 1, 0);
      chosen[row] = (labels[row] + steps) % classes;
    }
    return withTargets(chosen);
  }

  /** How many there are. */
  public int count() {
    return labels.length;
  }

  /** Whether a prediction for the picture in a row is what the attack wants. */
  public boolean isReached(int row, int prediction) {
    return targets.isPresent() ? prediction == targets.get()[row] : prediction != labels[row];
  }

  /** Some of the pictures, in the order of the given rows. */
  public Pictures select(int... rows) {
    return new Pictures(
        Rows.gather(images, rows),
        Rows.pick(labels, rows),
        Arrays.stream(rows).mapToLong(row -> ids[row]).toArray(),
        targets.map(chosen -> Rows.pick(chosen, rows)));
  }

  /** The shape of one picture. */
  Shape imageShape() {
    return images.shape().without(0);
  }
}
