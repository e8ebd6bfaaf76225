package org.wardlock.kernels.source;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongFunction;
import org.wardlock.tensor.DeviceException;
import org.wardlock.tensor.spi.HostMemory;

/**
 * Device memory for inputs, which are copied to it while the device computes: batches of a size
 * take turns in two places, each with pinned memory of its own, so that one is filled while the
 * step before reads the other. A place is filled again once everything is done that was asked of
 * the device before it was given back.
 */
public final class Inputs {
  /** Smaller ones are not worth a place of their own. */
  public static final long SMALLEST = 32 << 10;

  /** How many places of a size take turns. */
  static final int TURNS = 2;

  /** How many wait at most: those of the usual batches, and of the last ones of an epoch. */
  private static final int MOST_IDLE = 2 * TURNS;

  private final LongFunction<? extends GpuMemory> deviceMemory;
  private final LongFunction<? extends PinnedMemory> pinnedMemory;
  private final ReentrantLock lock = new ReentrantLock();

  /** The one that was given back the longest ago comes first. */
  private final ArrayDeque<Input> idle = new ArrayDeque<>();

  private final Set<Input> inUse = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean closed;

  /**
   * No places yet.
   *
   * @param deviceMemory allocates so many bytes on the device
   * @param pinnedMemory allocates so many bytes on the host
   */
  public Inputs(
      LongFunction<? extends GpuMemory> deviceMemory,
      LongFunction<? extends PinnedMemory> pinnedMemory) {
    this.deviceMemory = deviceMemory;
    this.pinnedMemory = pinnedMemory;
  }

  /**
   * A place in use.
   *
   * @param owner takes it back
   * @param memory on the device
   * @param pinned what it is filled from
   * @param bytes how many fit
   */
  public record Input(Inputs owner, GpuMemory memory, PinnedMemory pinned, long bytes)
      implements GpuMemory {
    @Override
    public void free() {
      owner.giveBack(this);
    }

    private void unpin() {
      pinned.await();
      pinned.free();
    }

    private void close() {
      unpin();
      memory.free();
    }
  }

  /** What a runtime allocated, whether for an input or not. */
  public static GpuMemory unwrapped(GpuMemory memory) {
    return memory instanceof Input input ? input.memory() : memory;
  }

  /**
   * A place with a copy of host memory, which may be reused afterwards.
   *
   * @throws DeviceException if there is no room
   */
  public Input upload(MemorySegment source) {
    long bytes = DeviceMemory.sizeClass(source.byteSize());
    lock.lock();
    try {
      Input input = idle(bytes).orElseGet(() -> place(bytes));
      inUse.add(input);
      input.pinned().await();
      HostMemory.copy(source, 0, input.pinned().memory(), 0, source.byteSize());
      input.pinned().copyAhead(input.memory(), source.byteSize());
      return input;
    } finally {
      lock.unlock();
    }
  }

  /** The place whose turn it is, if so many of that size wait that it has rested for a while. */
  private Optional<Input> idle(long bytes) {
    List<Input> fitting = idle.stream().filter(input -> input.bytes() == bytes).toList();
    if (fitting.size() < TURNS) {
      return Optional.empty();
    }
    idle.remove(fitting.getFirst());
    return Optional.of(fitting.getFirst());
  }

  private Input place(long bytes) {
    GpuMemory memory = deviceMemory.apply(bytes);
    try {
      PinnedMemory pinned = pinnedMemory.apply(bytes);
      pinned.mark(); // what had this memory before may still be at work on it
      return new Input(this, memory, pinned, bytes);
    } catch (DeviceException e) {
      memory.free();
      throw e;
    }
  }

  private void giveBack(Input input) {
    lock.lock();
    try {
      inUse.remove(input);
      if (closed) {
        input.memory().free();
        return;
      }
      input.pinned().mark();
      idle.add(input);
      if (idle.size() > MOST_IDLE) {
        idle.remove().close();
      }
    } catch (DeviceException _) {
      // the device has failed and says so wherever something is asked of it: scopes must close
    } finally {
      lock.unlock();
    }
  }

  /** Gives back what waits. */
  public void trim() {
    lock.lock();
    try {
      idle.forEach(Input::close);
      idle.clear();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Gives back all pinned memory, and from now on device memory as soon as it is no longer used.
   */
  public void close() {
    lock.lock();
    try {
      closed = true;
      trim();
      inUse.forEach(Input::unpin);
    } finally {
      lock.unlock();
    }
  }
}
