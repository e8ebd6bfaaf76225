package org.wardlock.kernels.cuda;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.concurrent.locks.ReentrantLock;
import org.wardlock.kernels.cuda.CudaStream.Pinned;
import org.wardlock.tensor.spi.HostMemory;

/**
 * Copies between host memory of any kind and the device, through a few pinned buffers: while the
 * device copies one, the caller fills or empties the next. Only the caller touches its memory,
 * which may be confined to its thread.
 */
final class Staging {
  /** What one buffer holds; four of them suffice to keep the bus busy. */
  static final long BUFFER_BYTES = 4L << 20;

  static final int BUFFERS = 4;

  private final DeviceThread thread;
  private final CudaStream stream;

  /** Pinned when first needed; the one that was used longest ago comes first. */
  private final ArrayDeque<Buffer> buffers = new ArrayDeque<>();

  private final ReentrantLock copying = new ReentrantLock();

  private static final class Buffer {
    final Pinned pinned;

    /** Whether a copy was begun that nobody has waited for. */
    boolean copies;

    Buffer(Pinned pinned) {
      this.pinned = pinned;
    }

    MemorySegment memory() {
      return pinned.memory();
    }
  }

  Staging(DeviceThread thread, CudaStream stream) {
    this.thread = thread;
    this.stream = stream;
  }

  /** Copies to a device address. When this returns, the source may be reused. */
  void upload(MemorySegment source, long target) {
    copying.lock();
    try {
      for (long done = 0; done < source.byteSize(); done += BUFFER_BYTES) {
        long bytes = Math.min(BUFFER_BYTES, source.byteSize() - done);
        long to = target + done;
        Buffer buffer = nextBuffer();
        HostMemory.copy(source, done, buffer.memory(), 0, bytes);
        buffer.copies = true;
        thread.post(() -> stream.copyIn(buffer.pinned, to, bytes));
      }
    } finally {
      copying.unlock();
    }
  }

  private record Arrival(Buffer buffer, long offset, long bytes) {}

  /** Copies from a device address and waits until all has arrived. */
  void download(long source, MemorySegment target) {
    copying.lock();
    try {
      var arrivals = new ArrayDeque<Arrival>();
      for (long done = 0; done < target.byteSize(); done += BUFFER_BYTES) {
        if (arrivals.size() == BUFFERS) {
          store(arrivals.remove(), target);
        }
        long bytes = Math.min(BUFFER_BYTES, target.byteSize() - done);
        long from = source + done;
        Buffer buffer = nextBuffer();
        buffer.copies = true;
        thread.post(() -> stream.copyOut(from, buffer.pinned, bytes));
        arrivals.add(new Arrival(buffer, done, bytes));
      }
      while (!arrivals.isEmpty()) {
        store(arrivals.remove(), target);
      }
    } finally {
      copying.unlock();
    }
  }

  private void store(Arrival arrival, MemorySegment target) {
    await(arrival.buffer());
    HostMemory.copy(arrival.buffer().memory(), 0, target, arrival.offset(), arrival.bytes());
  }

  private Buffer nextBuffer() {
    Buffer buffer =
        buffers.size() < BUFFERS
            ? new Buffer(thread.call(() -> stream.pin(BUFFER_BYTES)))
            : buffers.remove();
    buffers.add(buffer);
    await(buffer);
    return buffer;
  }

  private void await(Buffer buffer) {
    if (buffer.copies) {
      thread.run(() -> stream.await(buffer.pinned));
      buffer.copies = false;
    }
  }

  /** Gives the buffers back; called by the device's thread when nothing is copied any more. */
  void unpin() {
    buffers.forEach(buffer -> stream.unpin(buffer.pinned));
  }
}
