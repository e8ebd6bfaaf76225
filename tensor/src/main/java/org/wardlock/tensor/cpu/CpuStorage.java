package org.wardlock.tensor.cpu;

import java.lang.foreign.MemorySegment;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Storage;

/** Elements in a pooled Java array, which may be longer than needed. */
final class CpuStorage extends Storage {
  /** What activations take part in: a layer's product, and that of its weights' gradient. */
  private static final int FEW_PRODUCTS = 2;

  private final ArrayPool pool;
  private volatile PanelCache panels = PanelCache.NONE;

  /** Threads may miss each other's: it decides nothing but when panels are worth thinking of. */
  private int products;

  private Object array;

  /** Takes an array from the pool. */
  CpuStorage(Backend backend, ArrayPool pool, DType dtype, int size) {
    super(backend, dtype, size);
    this.pool = pool;
    array = pool.take(dtype, size);
  }

  /**
   * The array, of the kind {@link ElementKind} says.
   *
   * @throws IllegalStateException if the last share was released
   */
  Object array() {
    Object held = array;
    if (held == null) {
      throw new IllegalStateException(
          "storage of " + size() + " " + dtype() + " elements was released already");
    }
    return held;
  }

  /** Panels of matrices that lie here: kept of none that is multiplied once or twice, and gone. */
  PanelCache panels() {
    PanelCache found = panels;
    if (found == PanelCache.NONE && ++products > FEW_PRODUCTS) {
      found = new PanelCache(this);
      panels = found;
    }
    return found;
  }

  /** The elements in use, as memory. */
  MemorySegment segment() {
    MemorySegment whole =
        switch (array()) {
          case float[] values -> MemorySegment.ofArray(values);
          case short[] values -> MemorySegment.ofArray(values);
          case byte[] values -> MemorySegment.ofArray(values);
          case int[] values -> MemorySegment.ofArray(values);
          case long[] values -> MemorySegment.ofArray(values);
          default -> throw new IllegalStateException("storage holds " + array.getClass());
        };
    return whole.asSlice(0, size() * dtype().bytes());
  }

  @Override
  protected void recycle() {
    Object held = array;
    array = null;
    panels = PanelCache.NONE;
    pool.release(held);
  }
}
