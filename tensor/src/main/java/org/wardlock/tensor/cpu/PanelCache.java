package org.wardlock.tensor.cpu;

import java.util.Optional;
import java.util.function.Supplier;

/**
 * The panels of a matrix that is multiplied again and again without a change between: the weights
 * of a frozen network. Two ways to read one matrix are remembered, as it is and transposed. What is
 * being trained changes with every step and is never kept.
 */
final class PanelCache {
  /** Uses without a change until panels are kept: more than one training step makes of a weight. */
  private static final int ENOUGH = 3;

  /** Values worth keeping at most. */
  private static final long MOST_VALUES = 1 << 24;

  /**
   * How a matrix is read.
   *
   * @param version of the storage
   */
  record Key(
      int version,
      int offset,
      int lanes,
      int inner,
      int laneStride,
      int innerStride,
      int lanesPerPanel) {}

  private record Entry(Key key, int uses, float[] panels) {}

  private volatile Entry last;
  private volatile Entry other;

  /**
   * The panels, if the matrix has been used often enough.
   *
   * @param values how many the panels have
   * @param pack makes them; threads that come at the same time may each do so
   */
  Optional<float[]> find(Key key, long values, Supplier<float[]> pack) {
    Entry found = last;
    if (found == null || !found.key.equals(key)) {
      Entry second = other;
      boolean known = second != null && second.key.equals(key);
      other = found;
      found = known ? second : new Entry(key, 0, null);
      last = found;
    }
    if (found.panels == null && values <= MOST_VALUES) {
      boolean isEnough = found.uses + 1 >= ENOUGH;
      found = new Entry(key, found.uses + 1, isEnough ? pack.get() : null);
      last = found;
    }
    return Optional.ofNullable(found.panels);
  }

  /** Forgets everything. */
  void clear() {
    last = null;
    other = null;
  }
}
