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
    if (from.heapBase().isPresent() && to.heapBase().isPresent()) {
      Object source = from.heapBase().get();
      Object target = to.heapBase().get();
      long start = from.address() + fromOffset;
      long destination = to.address() + toOffset;
      int width = elementBytes(source);
      if (source.getClass() == target.getClass() && (start | destination | bytes) % width == 0) {
        System.arraycopy(
            source,
            (int) (start / width),
            target,
            (int) (destination / width),
            (int) (bytes / width));
        return;
      }
    }
    for (long i = 0; i < bytes; i++) {
      to.set(ValueLayout.JAVA_BYTE, toOffset + i, from.get(ValueLayout.JAVA_BYTE, fromOffset + i));
    }
  }

  private static int elementBytes(Object array) {
    return switch (array) {
      case byte[] _ -> Byte.BYTES;
      case short[] _, char[] _ -> Short.BYTES;
      case int[] _, float[] _ -> Integer.BYTES;
      case long[] _, double[] _ -> Long.BYTES;
      default -> throw new IllegalArgumentException(array.getClass() + " is no memory");
    };
  }
}
