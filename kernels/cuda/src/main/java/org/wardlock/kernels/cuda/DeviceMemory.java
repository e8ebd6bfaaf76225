package org.wardlock.kernels.cuda;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.wardlock.kernels.source.GpuMemory;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;

/**
 * Device memory that is kept when it is given back, for the next request of its size class: the
 * driver takes long to allocate, and longer to free, since it waits for the device. A piece may be
 * handed out again while the device still works on it, because whatever its next owner asks for is
 * done after. Launches that are repeated need their memory for longer: see {@link Reserve}.
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

  /** By address: the pieces that reserves hold. */
  private final Map<Long, Hold> holds = new HashMap<>();

  private long bytesInUse;
  private long bytesIdle;
  private long bytesReserved;

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

  /**
   * The pieces that repeated launches use. A piece that is given back stays here, so that nobody
   * else finds it changed by a repetition; while the launches are being recorded it serves their
   * own later requests.
   */
  static final class Reserve {
    private final Map<Long, Piece> held = new HashMap<>();
    private final Map<Long, Deque<Piece>> idle = new HashMap<>();
    private boolean open = true;
  }

  private static final class Hold {
    final Set<Reserve> reserves = new HashSet<>();

    /** Whether the owner has given the piece back. */
    boolean returned;
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
    lock.lock();
    try {
      return pieceOf(sizeClass(bytes));
    } finally {
      lock.unlock();
    }
  }

  private Piece pieceOf(long size) {
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
              + " bytes in use"
              + (bytesReserved > 0 ? " (" + bytesReserved + " for repeated steps)" : "")
              + " and none kept idle; smaller batches need less");
    }
    return address;
  }

  private void giveBack(Piece piece) {
    lock.lock();
    try {
      Hold hold = holds.get(piece.address());
      if (hold == null) {
        makeIdle(piece);
      } else {
        hold.returned = true;
        bytesReserved += piece.bytes();
        if (hold.reserves.size() == 1) {
          Reserve only = hold.reserves.iterator().next();
          if (only.open) {
            only.idle.computeIfAbsent(piece.bytes(), _ -> new ArrayDeque<>()).push(piece);
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void makeIdle(Piece piece) {
    idle.computeIfAbsent(piece.bytes(), _ -> new ArrayDeque<>()).push(piece);
    bytesIdle += piece.bytes();
    bytesInUse -= piece.bytes();
  }

  // ---- reserves

  /** Memory of at least this size that an open reserve holds. */
  Piece allocate(long bytes, Reserve reserve) {
    long size = sizeClass(bytes);
    lock.lock();
    try {
      Deque<Piece> pieces = reserve.idle.get(size);
      if (pieces != null && !pieces.isEmpty()) {
        Piece piece = pieces.pop();
        holds.get(piece.address()).returned = false;
        bytesReserved -= size;
        return piece;
      }
      Piece piece = pieceOf(size);
      hold(piece, reserve);
      return piece;
    } finally {
      lock.unlock();
    }
  }

  /** Lets an open reserve hold a piece that is in use. */
  void hold(Piece piece, Reserve reserve) {
    lock.lock();
    try {
      holds.computeIfAbsent(piece.address(), _ -> new Hold()).reserves.add(reserve);
      reserve.held.put(piece.address(), piece);
    } finally {
      lock.unlock();
    }
  }

  /** From now on nothing of the reserve is handed out. */
  void seal(Reserve reserve) {
    lock.lock();
    try {
      reserve.open = false;
      reserve.idle.clear();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Lets go of what a sealed reserve holds: pieces that were given back can be handed out again.
   */
  void giveUp(Reserve reserve) {
    lock.lock();
    try {
      for (Piece piece : reserve.held.values()) {
        Hold hold = holds.get(piece.address());
        hold.reserves.remove(reserve);
        if (hold.reserves.isEmpty()) {
          holds.remove(piece.address());
          if (hold.returned) {
            bytesReserved -= piece.bytes();
            makeIdle(piece);
          }
        }
      }
      reserve.held.clear();
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

  /** What is handed out or held by reserves, in bytes of whole pieces. */
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
