package org.wardlock.attacks.decision;

import org.wardlock.attacks.AttackPurpose;
import org.wardlock.attacks.Rows;
import org.wardlock.attacks.Task;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.spi.Distribution;

/**
 * Random vectors of one picture, each known by its number.
 *
 * @param size values of a vector
 */
record Noise(Task task, int row, Distribution distribution, AttackPurpose purpose, int size) {
  /** The vectors from a number to before another. */
  float[][] range(int start, int end) {
    long[] streams = new long[end - start];
    for (int i = 0; i < streams.length; i++) {
      streams[i] = (long) (start + i) << Integer.SIZE | task.pictures().ids()[row];
    }
    try (Scope _ = Scope.open("noise")) {
      Tensor wanted =
          Tensor.ofLongs(task.pictures().images().device(), Shape.of(streams.length), streams);
      return Rows.toHost(Tensor.random(distribution, task.seed(), purpose.number(), wanted, size));
    }
  }
}
