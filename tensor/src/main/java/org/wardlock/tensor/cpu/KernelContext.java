package org.wardlock.tensor.cpu;

/**
 * What a kernel may use while it runs: threads to share its work among, and pooled memory for
 * intermediate values.
 */
public interface KernelContext {
  /** One piece of a kernel's work. */
  @FunctionalInterface
  interface Task {
    /**
     * Does the piece; pieces run in any order and at the same time.
     *
     * @param index from 0 to the number of pieces less 1
     */
    void run(int index);
  }

  /**
   * Runs every piece of the work and returns when all are done; what the pieces wrote is visible to
   * the caller.
   */
  void run(int tasks, Task task);

  /** How many threads compute: may decide how work is shared out, but never any bit of a result. */
  int threads();

  /**
   * Takes an array from the pool, its content arbitrary.
   *
   * @param size elements it must have at least
   */
  float[] take(int size);

  /** Gives an array back to the pool. */
  void release(float[] array);
}
