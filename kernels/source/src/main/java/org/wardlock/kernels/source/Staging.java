package org.wardlock.kernels.source;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.wardlock.tensor.spi.HostMemory;

/**
 * Copies between host memory of any kind and the device, through a few pinned buffers: while the
 * device copies one, the caller fills or empties the next. Only the caller touches its memory,
 * which may be confined to its thread.
 */
public final class Staging {
  /** What one buffer holds; four of them suffice to keep the bus busy. */
  public static final long BUFFER_BYTES = 4L << 20;

  /** How many there are at most. */
  public static final int BUFFERS = 4;

  private final LongFunction<? extends PinnedMemory> pinnedMemory;

  /** Pinned when first needed; the one that was used longest ago comes first. */
  private final ArrayDeque<PinnedMemory> buffers = new ArrayDeque<>();

  private final ReentrantLock copying = new ReentrantLock();

  /**
   * No buffers yet.
   *
   * @param pinnedMemory allocates so many bytes on the host
   */
  public Staging(LongFunction<? extends PinnedMemory> pinnedMemory) {
    this.pinnedMemory = pinnedMemory;
  }

  /** Copies to device memory from an offset on. When this returns, the source may be reused. */
  public void upload(MemorySegment source, GpuMemory target, long offset) {
    copying.lock();
    try {
      for (long done = 0; done < source.byteSize(); done += BUFFER_BYTES) {
        long bytes = Math.min(BUFFER_BYTES, source.byteSize() - done);
        PinnedMemory buffer = nextBuffer();
        HostMemory.copy(source, done, buffer.memory(), 0, bytes);
        buffer.copyIn(target, offset + done, bytes);
      }
    } finally {
      copying.unlock();
    }
  }

  private record Arrival(PinnedMemory buffer, long offset, long bytes) {}

  /** Copies from device memory from an offset on, and waits until all has arrived. */
  public void download(GpuMemory source, long offset, MemorySegment target) {
    copying.lock();
    try {
      var arrivals = new ArrayDeque<Arrival>();
      for (long done = 0; done < target.byteSize(); done += BUFFER_BYTES) {
        if (arrivals.size() == BUFFERS) {
          store(arrivals.remove(), target);
        }
        long bytes = Math.min(BUFFER_BYTES, target.byteSize() - done);
        PinnedMemory buffer = nextBuffer();
        buffer.copyOut(source, offset + done, bytes);
        arrivals.add(new Arrival(buffer, done, bytes));
      }
      while (!arrivals.isEmpty()) {
        store(arrivals.remove(), target);
      }
    } finally {
      copying.unlock();
    }
  }

  private static void store(Arrival arrival, MemorySegment target) {
    arrival.buffer().await();
    HostMemory.copy(arrival.buffer().memory(), 0, target, arrival.offset(), arrival.bytes());
  }

  private PinnedMemory nextBuffer() {
    PinnedMemory buffer =
        buffers.size() < BUFFERS ? pinnedMemory.apply(BUFFER_BYTES) : buffers.remove();
    buffers.add(buffer);
    buffer.await();
    return buffer;
  }

  /** Gives the buffers back, once nothing is copied any more. */
  public void close() {
    copying.lock();
    try {
      for (PinnedMemory buffer : buffers) {
        buffer.await();
        buffer.free();
      }
      buffers.clear();
    } finally {
      copying.unlock();
    }
  }
}
