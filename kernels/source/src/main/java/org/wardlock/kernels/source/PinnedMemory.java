package org.wardlock.kernels.source;

import java.lang.foreign.MemorySegment;

/**
 * Host memory that the device copies to and from by itself, while the host does something else.
 * Used by one thread at a time.
 */
public interface PinnedMemory {
  /** The memory: not to be touched between the begin of a copy and {@link #await}. */
  MemorySegment memory();

  /**
   * Begins to copy its first bytes to device memory from a byte offset on, in the order of
   * everything that is asked of the device.
   */
  void copyIn(GpuMemory target, long offset, long bytes);

  /** Begins to copy from device memory to its first bytes, in the same order. */
  void copyOut(GpuMemory source, long offset, long bytes);

  /**
   * Begins to copy its first bytes to device memory as soon as what was asked before the last
   * {@link #mark} has been done, whatever was asked since. What is asked from now on waits for it.
   */
  void copyAhead(GpuMemory target, long bytes);

  /** What was asked up to now comes before the next {@link #copyAhead}. */
  void mark();

  /** Waits for the last copy, if there was one. */
  void await();

  /** Gives the memory back; nothing is being copied. */
  void free();
}
