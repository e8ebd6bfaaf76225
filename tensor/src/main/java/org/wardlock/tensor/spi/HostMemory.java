package org.wardlock.tensor.spi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/**
 * Copies host memory. {@link MemorySegment#copy(MemorySegment, long, MemorySegment, long, long)}
 * does so wrongly at times: C2 of JDK 25.0.3 has been seen to compile the loop by which it copies
 * less than 64 bytes such that every second 8 bytes stay as they were. Which compilation does it is
 * a matter of timing; labels of ten classes lost four of them in every other training run.
 */
public final class HostMemory {
  /** From here on the JDK copies by a call of native code, which is right. */
  private static final int NATIVE_COPY_BYTES = 64;

  private HostMemory() {}

  /**
   * Copies bytes between segments that do not overlap.
   *
   * @throws IndexOutOfBoundsException if either segment is too short
   */
  public static void copy(
      MemorySegment from, long fromOffset, MemorySegment to, long toOffset, long bytes) {
    if (bytes >= NATIVE_COPY_BYTES) {
      MemorySegment.copy(from, fromOffset, to, toOffset, bytes);
      return;
    }
    Objects.checkFromIndexSize(fromOffset, bytes, from.byteSize());
    Objects.checkFromIndexSize(toOffset, bytes, to.byteSize());
    if (from.heapBase().orElse(null) instanceof float[] source
        && to.heapBase().orElse(null) instanceof float[] target
        && (from.address() + fromOffset | to.address() + toOffset | bytes) % Float.BYTES == 0) {
      System.arraycopy(
          source,
          (int) ((from.address() + fromOffset) / Float.BYTES),
          target,
          (int) ((to.address() + toOffset) / Float.BYTES),
          (int) (bytes / Float.BYTES));
      return;
    }
    for (long i = 0; i < bytes; i++) {
      to.set(ValueLayout.JAVA_BYTE, toOffset + i, from.get(ValueLayout.JAVA_BYTE, fromOffset + i));
    }
  }
}
