package org.wardlock.bench;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.wardlock.tensor.cpu.KernelContext;

/** Threads and pooled memory for kernels measured by themselves. */
public final class BenchContext implements KernelContext, AutoCloseable {
  private final int threads;
  private final ExecutorService executor;
  private final Map<Integer, ArrayDeque<float[]>> pool = new HashMap<>();

  /** A context of that many threads, the caller among them. */
  public BenchContext(int threads) {
    this.threads = threads;
    executor = Executors.newFixedThreadPool(threads);
  }

  @Override
  public void run(int tasks, Task task) {
    var next = new AtomicInteger();
    Runnable loop =
        () -> {
          for (int index = next.getAndIncrement(); index < tasks; index = next.getAndIncrement()) {
            task.run(index);
          }
        };
    int helpers = Math.min(threads, tasks) - 1;
    Future<?>[] running = new Future<?>[Math.max(0, helpers)];
    for (int i = 0; i < helpers; i++) {
      running[i] = executor.submit(loop);
    }
    loop.run();
    for (Future<?> helper : running) {
      try {
        helper.get();
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
  public synchronized float[] take(int size) {
    int bits = 32 - Integer.numberOfLeadingZeros(Math.max(1, size) - 1);
    ArrayDeque<float[]> free = pool.get(bits);
    return free == null || free.isEmpty() ? new float[1 << bits] : free.pop();
  }

  @Override
  public synchronized void release(float[] array) {
    pool.computeIfAbsent(31 - Integer.numberOfLeadingZeros(array.length), _ -> new ArrayDeque<>())
        .push(array);
  }

  @Override
  public void close() {
    executor.shutdown();
  }

  /** Values in [-0.5, 0.5). */
  static float[] values(int size) {
    var random = new SplittableRandom(size);
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextDouble() - 0.5f;
    }
    return values;
  }
}
