package org.wardlock.tensor.cpu;

/**
 * Threads and memory of one CPU backend.
 *
 * @param workers who computes
 * @param pool where arrays come from
 */
record CpuContext(Workers workers, ArrayPool pool) implements KernelContext {
  @Override
  public void run(int tasks, Task task) {
    workers.run(tasks, task);
  }

  @Override
  public int threads() {
    return workers.threads();
  }

  @Override
  public float[] take(int size) {
    return pool.takeFloats(size);
  }

  @Override
  public void release(float[] array) {
    pool.release(array);
  }
}
