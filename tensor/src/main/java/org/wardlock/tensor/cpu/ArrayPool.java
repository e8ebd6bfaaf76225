package org.wardlock.tensor.cpu;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.DeviceException;

/**
 * Keeps released arrays for the next taker, by element type and size class: 64 classes to each
 * doubling, so at most a 65th of an array lies idle. A fresh array has to be zeroed and later
 * collected by the JVM, a pooled one is ready. Shared by all threads. It keeps at most a given
 * number of bytes, and nothing that lies idle while several times as much as there is at all is
 * taken; the rest is the garbage collector's.
 */
final class ArrayPool {
  private static final int DOUBLING_BITS = 6;
  private static final int CLASSES_IN_DOUBLING = 1 << DOUBLING_BITS;
  private static final int CLASSES = CLASSES_IN_DOUBLING * Integer.SIZE;
  private static final int SMALLEST = CLASSES_IN_DOUBLING;

  /** How often all memory is taken, on average, between two looks for what lies idle. */
  private static final int ROUNDS = 64;

  /**
   * Bytes from which on an array counts for that: smaller ones are taken for each piece of work.
   */
  private static final long LARGE = 1 << 20;

  /** The JVM's own limit lies a little below 2^31. */
  static final int LARGEST = Integer.MAX_VALUE - 8;

  private final Shelf[] shelves = new Shelf[ElementKind.values().length * CLASSES];
  private final long capacity;
  private final boolean poisons;
  private final AtomicLong lent = new AtomicLong();
  private final AtomicLong kept = new AtomicLong();
  private final AtomicLong takenSinceSweep = new AtomicLong();

  /**
   * An empty pool.
   *
   * @param capacity bytes it keeps at most
   * @param poisons whether released floats become NaN, so that whoever still reads them shows it
   */
  ArrayPool(long capacity, boolean poisons) {
    this.capacity = capacity;
    this.poisons = poisons;
    Arrays.setAll(shelves, _ -> new Shelf());
  }

  /**
   * An array of at least {@code size} elements, their content arbitrary.
   *
   * @throws DeviceException if the heap has no room for it, even without what is kept here
   */
  Object take(DType dtype, int size) {
    ElementKind kind = ElementKind.of(dtype);
    int sizeClass = sizeClass(size);
    int length = length(sizeClass);
    Object array = shelf(kind, sizeClass).poll();
    if (array == null) {
      array = allocate(kind, length);
      if (poisons && array instanceof float[] floats) {
        Arrays.fill(floats, Float.NaN);
      }
    } else {
      kept.addAndGet(-kind.bytes(length));
    }
    long bytes = kind.bytes(length);
    long inUse = lent.addAndGet(bytes);
    if (bytes >= LARGE && takenSinceSweep.addAndGet(bytes) > ROUNDS * (inUse + kept.get())) {
      takenSinceSweep.set(0);
      sweep();
    }
    return array;
  }

  /** Lets go of arrays that nobody needed since the last time. */
  private void sweep() {
    for (ElementKind kind : ElementKind.values()) {
      for (int sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
        kept.addAndGet(-shelf(kind, sizeClass).sweep() * kind.bytes(length(sizeClass)));
      }
    }
  }

  private Object allocate(ElementKind kind, int length) {
    try {
      return kind.allocate(length);
    } catch (OutOfMemoryError _) {
      clear(); // what is kept may be of other sizes than what is needed now
    }
    try {
      return kind.allocate(length);
    } catch (OutOfMemoryError e) {
      throw new DeviceException(
          "cpu: no room for %d MiB: %d MiB are in use, the heap has %d MiB; use a smaller batch or a larger -Xmx"
              .formatted(
                  kind.bytes(length) >> 20,
                  lentBytes() >> 20,
                  Runtime.getRuntime().maxMemory() >> 20),
          e);
    }
  }

  /** {@link #take} for floats. */
  float[] takeFloats(int size) {
    return (float[]) take(DType.F32, size);
  }

  /** Takes back an array that {@link #take} gave out. */
  void release(Object array) {
    ElementKind kind = ElementKind.of(array);
    int length = kind.length(array);
    int sizeClass = sizeClass(length);
    if (length(sizeClass) != length) {
      throw new IllegalArgumentException("array of " + length + " elements is not of this pool");
    }
    long bytes = kind.bytes(length);
    lent.addAndGet(-bytes);
    if (poisons && array instanceof float[] floats) {
      Arrays.fill(floats, Float.NaN);
    }
    if (kept.addAndGet(bytes) > capacity) {
      kept.addAndGet(-bytes);
    } else {
      shelf(kind, sizeClass).add(array);
    }
  }

  /** Bytes given out and not taken back; arrays that were forgotten are counted too. */
  long lentBytes() {
    return lent.get();
  }

  /** Bytes kept for the next taker. */
  long keptBytes() {
    return kept.get();
  }

  /** Lets go of everything kept. */
  void clear() {
    for (ElementKind kind : ElementKind.values()) {
      for (int sizeClass = 0; sizeClass < CLASSES; sizeClass++) {
        kept.addAndGet(-shelf(kind, sizeClass).clear() * kind.bytes(length(sizeClass)));
      }
    }
  }

  private Shelf shelf(ElementKind kind, int sizeClass) {
    return shelves[kind.ordinal() * CLASSES + sizeClass];
  }

  private static int sizeClass(int size) {
    int needed = Math.max(size, SMALLEST);
    int doubling = Integer.SIZE - 1 - Integer.numberOfLeadingZeros(needed);
    int part = (needed >>> (doubling - DOUBLING_BITS)) & (CLASSES_IN_DOUBLING - 1);
    int candidate = CLASSES_IN_DOUBLING * doubling + part;
    return length(candidate) >= needed ? candidate : candidate + 1;
  }

  private static int length(int sizeClass) {
    int doubling = sizeClass / CLASSES_IN_DOUBLING;
    long parts = CLASSES_IN_DOUBLING + sizeClass % CLASSES_IN_DOUBLING;
    return (int) Math.min((parts << doubling) / CLASSES_IN_DOUBLING, LARGEST);
  }

  /** Arrays of one type and length; the last one in is the warmest. */
  private static final class Shelf {
    private final ArrayDeque<Object> arrays = new ArrayDeque<>(1);

    /** The fewest arrays there were since the last sweep: so many nobody needed. */
    private int idle;

    synchronized Object poll() {
      Object array = arrays.pollLast();
      idle = Math.min(idle, arrays.size());
      return array;
    }

    synchronized int sweep() {
      int dropped = idle;
      for (int i = 0; i < dropped; i++) {
        arrays.pollFirst();
      }
      idle = arrays.size();
      return dropped;
    }

    synchronized void add(Object array) {
      arrays.addLast(array);
    }

    synchronized int clear() {
      int count = arrays.size();
      arrays.clear();
      idle = 0;
      return count;
    }
  }
}
