package org.wardlock.tensor.cpu;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The threads that compute: the calling thread does pieces of its work and the others help. Any
 * number of threads, platform or virtual, may call at once; a call from within a piece runs inline.
 * How work is cut into pieces is the caller's choice and must not depend on the number of threads:
 * then neither do the bits. The threads are daemons, and when idle they sleep.
 */
final class Workers implements AutoCloseable {
  /** About 50 microseconds: the kernels of one step follow each other faster than that. */
  private static final int SPINS = 1_000;

  private static final ThreadLocal<Boolean> WITHIN_PIECE = new ThreadLocal<>();

  private final Helper[] helpers;
  private final ConcurrentLinkedQueue<Job> jobs = new ConcurrentLinkedQueue<>();
  private volatile boolean closed;

  /**
   * Starts the threads.
   *
   * @param threads that compute, the caller's among them
   */
  Workers(int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads: " + threads + ", must be at least 1");
    }
    helpers = new Helper[threads - 1];
    for (int i = 0; i < helpers.length; i++) {
      helpers[i] = new Helper("wardlock-cpu-" + (i + 1));
      helpers[i].start();
    }
  }

  /** Threads that compute, the caller's among them. */
  int threads() {
    return helpers.length + 1;
  }

  /**
   * Runs every piece and returns when all are done. Once a piece has failed no further one is
   * started, and its exception is thrown here.
   */
  void run(int tasks, KernelContext.Task task) {
    if (tasks <= 1 || helpers.length == 0 || WITHIN_PIECE.get() == Boolean.TRUE) {
      for (int index = 0; index < tasks; index++) {
        task.run(index);
      }
      return;
    }
    Job job = new Job(tasks, task);
    jobs.add(job);
    for (int i = 0; i < Math.min(tasks - 1, helpers.length); i++) {
      helpers[i].wake();
    }
    job.work();
    jobs.remove(job);
    job.await();
  }

  /** Ends the threads. Calls in progress finish; later ones run on their caller alone. */
  @Override
  public void close() {
    closed = true;
    for (Helper helper : helpers) {
      LockSupport.unpark(helper);
    }
  }

  /** One call of {@link #run}: pieces are claimed by counting up. */
  private static final class Job {
    private static final VarHandle FAILURE;

    static {
      try {
        FAILURE = MethodHandles.lookup().findVarHandle(Job.class, "failure", Throwable.class);
      } catch (ReflectiveOperationException e) {
        throw new ExceptionInInitializerError(e);
      }
    }

    private final int tasks;
    private final KernelContext.Task task;
    private final Thread caller = Thread.currentThread();
    private final AtomicInteger next = new AtomicInteger();
    private final AtomicInteger done = new AtomicInteger();
    private volatile Throwable failure;

    Job(int tasks, KernelContext.Task task) {
      this.tasks = tasks;
      this.task = task;
    }

    boolean hasWork() {
      return next.get() < tasks;
    }

    void work() {
      WITHIN_PIECE.set(Boolean.TRUE);
      try {
        while (hasWork()) {
          int index = next.getAndIncrement();
          if (index < tasks) {
            runPiece(index);
          }
        }
      } finally {
        WITHIN_PIECE.set(Boolean.FALSE); // removing it would cost a new entry each time
      }
    }

    private void runPiece(int index) {
      try {
        if (failure == null) {
          task.run(index);
        }
      } catch (Throwable t) { // whatever it is, it belongs to the caller, who waits
        FAILURE.compareAndSet(this, null, t);
      }
      if (done.incrementAndGet() == tasks) {
        LockSupport.unpark(caller);
      }
    }

    void await() {
      for (int i = 0; i < SPINS && done.get() < tasks; i++) {
        Thread.onSpinWait();
      }
      boolean interrupted = false;
      while (done.get() < tasks) {
        LockSupport.park(this);
        interrupted |= Thread.interrupted();
      }
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
      switch (failure) {
        case null -> {}
        case Error e -> throw e;
        case RuntimeException e -> throw e;
        default -> throw new IllegalStateException("a piece of a kernel failed", failure);
      }
    }
  }

  /** A thread that helps whoever calls. */
  private final class Helper extends Thread {
    private volatile boolean parked;

    Helper(String name) {
      super(name);
      setDaemon(true);
    }

    void wake() {
      if (parked) {
        LockSupport.unpark(this);
      }
    }

    @Override
    public void run() {
      while (!closed) {
        Job job = find(SPINS);
        if (job == null) {
          parked = true;
          // A job added before the flag was seen wakes nobody, so look once more.
          job = find(1);
          if (job == null && !closed) {
            LockSupport.park(Workers.this);
          }
          parked = false;
        }
        if (job != null) {
          job.work();
        }
      }
    }

    private Job find(int attempts) {
      for (int i = 0; i < attempts; i++) {
        Job oldest = jobs.peek();
        while (oldest != null) {
          if (oldest.hasWork()) {
            return oldest;
          }
          jobs.remove(oldest);
          oldest = jobs.peek();
        }
        Thread.onSpinWait();
      }
      return null;
    }
  }
}
