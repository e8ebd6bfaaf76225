package org.wardlock.tensor.cpu;

import java.util.Optional;
import java.util.function.Supplier;
import org.wardlock.tensor.spi.Storage;

/**
 * The panels of a matrix that is multiplied again and again without a change between: the weights
 * of a frozen network. Two ways to read one matrix are remembered, as it is and transposed. What is
 * being trained changes with every step and is never kept.
 */
public final class PanelCache {
  /** Keeps nothing. */
  static final PanelCache NONE = new PanelCache(null);

  /** Uses without a change until panels are kept: more than one training step makes of a weight. */
  private static final int ENOUGH = 3;

  /** Values worth keeping at most. */
  private static final long MOST_VALUES = 1 << 24;

  private final Storage storage;
  private volatile Entry last;
  private volatile Entry other;

  /** Keeps panels of what lies in a storage. */
  PanelCache(Storage storage) {
    this.storage = storage;
  }

  /** How a matrix is read. */
  record Key(
      int offset, int lanes, int inner, int laneStride, int innerStride, int lanesPerPanel) {}

  private record Entry(int version, Key key, int uses, float[] panels) {
    boolean isOf(int wanted, Key read) {
      return version == wanted && key.equals(read);
    }
  }

  /**
   * The panels, if the matrix has been used often enough.
   *
   * @param values how many the panels have
   * @param pack makes them; threads that come at the same time may each do so
   */
  Optional<float[]> find(Key key, long values, Supplier<float[]> pack) {
    if (storage == null || values > MOST_VALUES) {
      return Optional.empty();
    }
    int version = storage.version();
    Entry found = last;
    if (found == null || !found.isOf(version, key)) {
      Entry second = other;
      boolean known = second != null && second.isOf(version, key);
      other = found;
      found = known ? second : new Entry(version, key, 0, null);
    }
    if (found.panels == null) {
      int uses = found.uses + 1;
      found = new Entry(version, key, uses, uses >= ENOUGH ? pack.get() : null);
    }
    last = found;
    return Optional.ofNullable(found.panels);
  }
}
