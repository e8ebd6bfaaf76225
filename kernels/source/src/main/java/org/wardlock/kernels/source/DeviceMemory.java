package org.wardlock.kernels.source;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;

/**
 * Device memory that is kept when it is given back, for the next request of its size class: a
 * driver takes long to allocate, and longer to free, since it waits for the device. A piece may be
 * handed out again while the device still works on it, because whatever its next owner asks for is
 * done after. Launches that are repeated need their memory for longer: see {@link Reserve}.
 *
 * <p>With the system property {@code wardlock.poison} every byte of new and of returned pieces is
 * 0xFF, so that floats read as NaN: a test sees who reads what is not there.
 *
 * @param <H> how the driver names memory; equal for equal memory
 */
public final class DeviceMemory<H> {
  /** Every piece is a multiple of this. */
  private static final long SMALLEST = 512;

  /** Classes to an octave: at most so much, an eighth, of a piece lies idle. */
  private static final int CLASSES_PER_OCTAVE = 8;

  private static final boolean POISONS = Boolean.getBoolean("wardlock.poison");

  /**
   * Where memory comes from. Called by one thread at a time.
   *
   * @param <H> how the driver names memory
   */
  public interface Source<H> {
    /** New memory, or nothing if there is no room. */
    Optional<H> allocate(long bytes);

    /** Takes memory back once what uses it has been done. */
    void free(List<H> handles);

    /** Sets every byte to 0xFF, once what was asked for has been done. */
    void poison(H handle, long bytes);
  }

  private final Device device;
  private final Source<H> source;
  private final long mostIdle;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Long, Deque<Piece<H>>> idle = new HashMap<>();

  /** The pieces that reserves hold. */
  private final Map<H, Hold<H>> holds = new HashMap<>();

  private long bytesInUse;
  private long bytesIdle;
  private long bytesReserved;
  private boolean closed;

  /**
   * Nothing yet.
   *
   * @param mostIdle bytes that are kept at most: once it would be more, all of them are let go
   */
  public DeviceMemory(Device device, Source<H> source, long mostIdle) {
    this.device = device;
    this.source = source;
    this.mostIdle = mostIdle;
  }

  /**
   * A piece of device memory.
   *
   * @param <H> how the driver names memory
   * @param owner takes it back
   * @param handle the driver's name of it
   * @param bytes its size class
   */
  public record Piece<H>(DeviceMemory<H> owner, H handle, long bytes) implements GpuMemory {
    @Override
    public void free() {
      owner.giveBack(this);
    }
  }

  /**
   * The pieces that repeated launches use. A piece that is given back stays here, so that nobody
   * else finds it changed by a repetition; while the launches are being recorded it serves their
   * own later requests.
   *
   * @param <H> how the driver names memory
   */
  public static final class Reserve<H> {
    private final Map<H, Piece<H>> held = new HashMap<>();
    private final Map<Long, Deque<Piece<H>>> idle = new HashMap<>();
    private boolean open = true;

    /** An open reserve that holds nothing yet. */
    public Reserve() {}
  }

  private static final class Hold<H> {
    final Set<Reserve<H>> reserves = new HashSet<>();

    /** Whether the owner has given the piece back. */
    boolean returned;
  }

  /** The size of the piece that serves a request. */
  public static long sizeClass(long bytes) {
    long step = Math.max(SMALLEST, Long.highestOneBit(bytes - 1) / CLASSES_PER_OCTAVE);
    return Math.ceilDiv(bytes, step) * step;
  }

  /**
   * Memory of at least this size.
   *
   * @throws DeviceException if there is no room, even with nothing kept
   */
  public Piece<H> allocate(long bytes) {
    lock.lock();
    try {
      return pieceOf(sizeClass(bytes));
    } finally {
      lock.unlock();
    }
  }

  private Piece<H> pieceOf(long size) {
    Deque<Piece<H>> pieces = idle.get(size);
    Piece<H> piece;
    if (pieces != null && !pieces.isEmpty()) {
      piece = pieces.pop();
      bytesIdle -= size;
    } else {
      piece = new Piece<>(this, newMemory(size), size);
    }
    bytesInUse += size;
    return piece;
  }

  private H newMemory(long size) {
    Optional<H> handle = source.allocate(size);
    if (handle.isEmpty() && trim() > 0) {
      handle = source.allocate(size);
    }
    H memory =
        handle.orElseThrow(
            () ->
                new DeviceException(
                    "device "
                        + device
                        + ": out of memory: no "
                        + size
                        + " bytes left, with "
                        + bytesInUse
                        + " bytes in use"
                        + (bytesReserved > 0 ? " (" + bytesReserved + " for repeated steps)" : "")
                        + " and none kept idle; smaller batches need less"));
    poison(memory, size);
    return memory;
  }

  /**
   * Does work that takes memory in some way of its own; if there is none, once more with nothing
   * kept.
   *
   * @param isLackOfMemory whether what it threw means that
   */
  public void retried(Runnable work, Predicate<RuntimeException> isLackOfMemory) {
    try {
      work.run();
    } catch (RuntimeException e) {
      if (!isLackOfMemory.test(e) || trim() == 0) {
        throw e;
      }
      work.run();
    }
  }

  private void poison(H handle, long bytes) {
    if (POISONS) {
      source.poison(handle, bytes);
    }
  }

  private void giveBack(Piece<H> piece) {
    lock.lock();
    try {
      Hold<H> hold = holds.get(piece.handle());
      if (hold == null) {
        makeIdle(piece);
      } else {
        hold.returned = true;
        bytesReserved += piece.bytes();
        if (hold.reserves.size() == 1) {
          Reserve<H> only = hold.reserves.iterator().next();
          if (only.open) {
            only.idle.computeIfAbsent(piece.bytes(), _ -> new ArrayDeque<>()).push(piece);
          }
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void makeIdle(Piece<H> piece) {
    bytesInUse -= piece.bytes();
    try {
      if (closed) {
        source.free(List.of(piece.handle()));
        return;
      }
      idle.computeIfAbsent(piece.bytes(), _ -> new ArrayDeque<>()).push(piece);
      bytesIdle += piece.bytes();
      poison(piece.handle(), piece.bytes());
      if (bytesIdle > mostIdle) {
        trim();
      }
    } catch (DeviceException _) {
      // the device has failed and says so wherever something is asked of it: scopes must close
    }
  }

  // ---- reserves

  /** Memory of at least this size that an open reserve holds. */
  public Piece<H> allocate(long bytes, Reserve<H> reserve) {
    long size = sizeClass(bytes);
    lock.lock();
    try {
      Deque<Piece<H>> pieces = reserve.idle.get(size);
      if (pieces != null && !pieces.isEmpty()) {
        Piece<H> piece = pieces.pop();
        holds.get(piece.handle()).returned = false;
        bytesReserved -= size;
        return piece;
      }
      Piece<H> piece = pieceOf(size);
      hold(piece, reserve);
      return piece;
    } finally {
      lock.unlock();
    }
  }

  /** Lets an open reserve hold a piece that is in use. */
  public void hold(Piece<H> piece, Reserve<H> reserve) {
    lock.lock();
    try {
      holds.computeIfAbsent(piece.handle(), _ -> new Hold<>()).reserves.add(reserve);
      reserve.held.put(piece.handle(), piece);
    } finally {
      lock.unlock();
    }
  }

  /** From now on nothing of the reserve is handed out. */
  public void seal(Reserve<H> reserve) {
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
  public void giveUp(Reserve<H> reserve) {
    lock.lock();
    try {
      for (Piece<H> piece : reserve.held.values()) {
        Hold<H> hold = holds.get(piece.handle());
        hold.reserves.remove(reserve);
        if (hold.reserves.isEmpty()) {
          holds.remove(piece.handle());
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
  public long trim() {
    lock.lock();
    try {
      var handles = new ArrayList<H>();
      idle.values().forEach(pieces -> pieces.forEach(piece -> handles.add(piece.handle())));
      long freed = bytesIdle;
      if (!handles.isEmpty()) {
        source.free(List.copyOf(handles));
      }
      idle.clear();
      bytesIdle = 0;
      return freed;
    } finally {
      lock.unlock();
    }
  }

  /** Frees what is kept, and from now on whatever is given back. */
  public void close() {
    lock.lock();
    try {
      closed = true;
      trim();
    } finally {
      lock.unlock();
    }
  }

  /** What is handed out or held by reserves, in bytes of whole pieces. */
  public long bytesInUse() {
    lock.lock();
    try {
      return bytesInUse;
    } finally {
      lock.unlock();
    }
  }

  /** What is kept for later requests. */
  public long bytesIdle() {
    lock.lock();
    try {
      return bytesIdle;
    } finally {
      lock.unlock();
    }
  }
}
