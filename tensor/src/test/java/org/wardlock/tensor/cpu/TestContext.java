package org.wardlock.tensor.cpu;

import java.util.Arrays;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs kernels on a given number of threads; memory it lends out is filled with NaN and must come
 * back.
 */
final class TestContext implements KernelContext, AutoCloseable {
  private final int threads;
  private final ExecutorService executor;
  private final ConcurrentHashMap<float[], Boolean> lent = new ConcurrentHashMap<>();

  TestContext(int threads) {
    this.threads = threads;
    executor = Executors.newFixedThreadPool(threads);
  }

  @Override
  public void run(int tasks, Task task) {
    if (threads == 1) {
      for (int index = 0; index < tasks; index++) {
        task.run(index);
      }
      return;
    }
    var next = new AtomicInteger();
    Runnable loop =
        () -> {
          for (int index = next.getAndIncrement(); index < tasks; index = next.getAndIncrement()) {
            task.run(index);
          }
        };
    Future<?>[] running = new Future<?>[threads];
    Arrays.setAll(running, thread -> executor.submit(loop));
    for (Future<?> thread : running) {
      try {
        thread.get();
      } catch (Exception e) {
        throw new IllegalStateException("a task failed", e);
      }
    }
  }

  @Override
  public int threads() {
    return threads;
  }

  @Override
  public float[] take(int size) {
    float[] array = new float[size + 3];
    Arrays.fill(array, Float.NaN);
    lent.put(array, true);
    return array;
  }

  @Override
  public void release(float[] array) {
    if (lent.remove(array) == null) {
      throw new IllegalStateException("released an array that was not lent, or twice");
    }
  }

  /** Stops the threads; fails if memory did not come back. */
  @Override
  public void close() {
    executor.shutdown();
    if (!lent.isEmpty()) {
      throw new IllegalStateException(lent.size() + " arrays were not given back");
    }
  }
}
