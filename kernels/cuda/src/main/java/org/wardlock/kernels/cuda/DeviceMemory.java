package org.wardlock.kernels.cuda;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.wardlock.kernels.source.GpuMemory;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;

/**
 * Device memory that is kept when it is given back, for the next request of its size class: the
 * driver takes long to allocate, and longer to free, since it waits for the device. A piece may be
 * handed out again while the device still works on it, because whatever its next owner asks for is
 * done after.
 */
final class DeviceMemory {
  /** Every piece is a multiple of this. */
  private static final long SMALLEST = 512;

  /** Classes to an octave: at most so much, an eighth, of a piece lies idle. */
  private static final int CLASSES_PER_OCTAVE = 8;

  /** Where memory comes from. */
  interface Source {
    /** The address of new memory, or 0 if there is no room. */
    long allocate(long bytes);

    /** Takes memory back once what uses it has been done. */
    void free(List<Long> addresses);
  }

  private final Device device;
  private final Source source;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Deque<Piece>> idle = new HashMap<>();
  private long bytesInUse;
  private long bytesIdle;

  DeviceMemory(Device device, Source source) {
    this.device = device;
    this.source = source;
  }

  /**
   * A piece of device memory.
   *
   * @param owner takes it back
   * @param address where it starts
   * @param bytes its size class
   */
  record Piece(DeviceMemory owner, long address, long bytes) implements GpuMemory {
    @Override
    public void free() {
      owner.giveBack(this);
    }
  }

  /** The size of the piece that serves a request. */
  static long sizeClass(long bytes) {
    long step = Math.max(SMALLEST, Long.highestOneBit(bytes - 1) / CLASSES_PER_OCTAVE);
    return Math.ceilDiv(bytes, step) * step;
  }

  /**
   * Memory of at least this size.
   *
   * @throws DeviceException if there is no room, even with nothing kept
   */
  Piece allocate(long bytes) {
    long size = sizeClass(bytes);
    lock.lock();
    try {
      Deque<Piece> pieces = idle.get(size);
      Piece piece;
      if (pieces != null && !pieces.isEmpty()) {
        piece = pieces.pop();
        bytesIdle -= size;
      } else {
        piece = new Piece(this, newMemory(size), size);
      }
      bytesInUse += size;
      return piece;
    } finally {
      lock.unlock();
    }
  }

  private long newMemory(long size) {
    long address = source.allocate(size);
    if (address == 0 && trim() > 0) {
      address = source.allocate(size);
    }
    if (address == 0) {
      throw new DeviceException(
          "device "
              + device
              + ": out of memory: no "
              + size
              + " bytes left, with "
              + bytesInUse
              + " bytes in use and none kept idle; smaller batches need less");
    }
    return address;
  }

  private void giveBack(Piece piece) {
    lock.lock();
    try {
      idle.computeIfAbsent(piece.bytes(), _ -> new ArrayDeque<>()).push(piece);
      bytesIdle += piece.bytes();
      bytesInUse -= piece.bytes();
    } finally {
      lock.unlock();
    }
  }

  /** Frees what is kept, and says how many bytes that were. */
  long trim() {
    lock.lock();
    try {
      var addresses = new ArrayList<Long>();
      idle.values().forEach(pieces -> pieces.forEach(piece -> addresses.add(piece.address())));
      long freed = bytesIdle;
      if (!addresses.isEmpty()) {
        source.free(List.copyOf(addresses));
      }
      idle.clear();
      bytesIdle = 0;
      return freed;
    } finally {
      lock.unlock();
    }
  }

  /** What is handed out, in bytes of whole pieces. */
  long bytesInUse() {
    lock.lock();
    try {
      return bytesInUse;
    } finally {
      lock.unlock();
    }
  }

  /** What is kept for later requests. */
  long bytesIdle() {
    lock.lock();
    try {
      return bytesIdle;
    } finally {
      lock.unlock();
    }
  }
}
