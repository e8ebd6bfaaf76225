package org.wardlock.kernels.cuda;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;

/**
 * The one platform thread that calls the driver for a device. A context is current to a thread of
 * the operating system, and a virtual thread may change that between any two calls; so nobody else
 * calls, and the context is made current once. The hand-over costs less than it saves: who launches
 * a kernel goes on while the driver, which takes microseconds a launch, is at it.
 *
 * <p>Work is done in the order it came. What fails in work that nobody waited for leaves every
 * later result in doubt, so the thread then does no more, and says why to whoever asks.
 */
final class DeviceThread {
  /** So far may callers run ahead. */
  private static final int LONGEST_QUEUE = 1024;

  private final Device device;
  private final ArrayBlockingQueue<Runnable> queue = new ArrayBlockingQueue<>(LONGEST_QUEUE);
  private final AtomicReference<DeviceException> failure = new AtomicReference<>();
  private final Thread thread;

  /** Written and read by the thread alone. */
  private boolean ended;

  DeviceThread(Device device) {
    this.device = device;
    this.thread = Thread.ofPlatform().daemon().name("wardlock-" + device).start(this::work);
  }

  private void work() {
    while (!ended) {
      try {
        queue.take().run();
      } catch (InterruptedException _) {
        // nobody has a reason to interrupt this thread: it ends when it is told to
      }
    }
  }

  /** Has work done some time after now. */
  void post(Runnable work) {
    throwFailure();
    put(
        () -> {
          if (failure.get() == null) {
            try {
              work.run();
            } catch (DeviceException e) {
              fail(e);
            } catch (RuntimeException | Error e) {
              fail(new DeviceException("device " + device + " has failed: " + e, e));
            }
          }
        });
  }

  /**
   * Has work done and waits for its result, or for what it throws, which is the caller's affair.
   */
  <T> T call(Supplier<T> work) {
    throwFailure();
    return await(
        new FutureTask<>(
            () -> {
              throwFailure();
              return work.get();
            }));
  }

  /** Has work done and waits for it. If it fails, nothing is done any more. */
  void run(Runnable work) {
    call(
        () -> {
          try {
            work.run();
            return true;
          } catch (DeviceException e) {
            fail(e);
            throw e;
          }
        });
  }

  /** From now on nothing is done; the first failure stays. */
  private void fail(DeviceException e) {
    failure.compareAndSet(null, e);
  }

  private void throwFailure() {
    DeviceException first = failure.get();
    if (first != null) {
      throw new DeviceException(first.getMessage(), first);
    }
  }

  /** Has the last work done, whatever has failed, and ends the thread. Later ones do nothing. */
  void close(Runnable last) {
    if (thread.isAlive()) {
      await(
          new FutureTask<>(
              () -> {
                ended = true;
                last.run();
                return true;
              }));
    }
  }

  private void put(Runnable work) {
    if (!thread.isAlive()) {
      throw closed();
    }
    uninterrupted(
        () -> {
          if (queue.offer(work, 1, TimeUnit.SECONDS)) {
            return true;
          }
          throw new TimeoutException();
        });
  }

  private <T> T await(FutureTask<T> task) {
    put(task);
    return uninterrupted(() -> task.get(1, TimeUnit.SECONDS));
  }

  private interface Attempt<T> {
    T result() throws InterruptedException, TimeoutException, ExecutionException;
  }

  /**
   * Tries again until there is a result. The device goes on whether the caller is interrupted or
   * not, so the caller waits for it and is interrupted after.
   */
  private <T> T uninterrupted(Attempt<T> attempt) {
    boolean interrupted = false;
    try {
      while (true) {
        boolean alive = thread.isAlive();
        try {
          return attempt.result();
        } catch (InterruptedException _) {
          interrupted = true;
        } catch (TimeoutException _) {
          if (!alive) {
            throw closed();
          }
        } catch (ExecutionException e) {
          throw rethrown(e.getCause());
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private DeviceException closed() {
    return new DeviceException("device " + device + " is closed");
  }

  private RuntimeException rethrown(Throwable cause) {
    return switch (cause) {
      case RuntimeException e -> e;
      case Error e -> throw e;
      default -> new DeviceException("device " + device + " has failed: " + cause, cause);
    };
  }
}
