package org.wardlock.tensor.cpu;

/**
 * How long work is cut into pieces for the threads: by its size alone, so that bits cannot depend
 * on the number of threads.
 */
final class Chunks {
  /** Elements of a piece: some twenty microseconds of simple arithmetic. */
  static final int ELEMENTS = 1 << 15;

  /** Enough to share out evenly, and few enough that what each piece allocates does not add up. */
  private static final int MOST = 64;

  private Chunks() {}

  /**
   * Units of a piece, at least 1.
   *
   * @param units the whole work
   * @param elements of one unit
   */
  static int size(int units, int elements) {
    long enough = (ELEMENTS + (long) elements - 1) / Math.max(1, elements);
    long few = (units + (long) MOST - 1) / MOST;
    return (int) Math.max(1, Math.min(units, Math.max(enough, few)));
  }

  /** How many pieces of {@code size} units there are. */
  static int count(int units, int size) {
    return (int) ((units + (long) size - 1) / size);
  }

  /** A range of units. */
  @FunctionalInterface
  interface Range {
    /** Does the units from {@code start} (inclusive) to {@code end} (exclusive). */
    void run(int start, int end);
  }

  /** Shares out units of {@code elements} elements each. */
  static void run(KernelContext context, int units, int elements, Range range) {
    if (units <= 0) {
      return;
    }
    int size = size(units, elements);
    if (size == units) {
      range.run(0, units);
      return;
    }
    context.run(
        count(units, size),
        piece -> range.run(piece * size, (int) Math.min(units, (piece + 1L) * size)));
  }
}
