package org.wardlock.tensor.spi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostMemoryTest {
  private static final int ROOM = 160;

  @Test
  void everySizeAndPlaceBetweenEveryKindOfMemory() {
    try (Arena arena = Arena.ofConfined()) {
      for (MemorySegment from : kinds(arena)) {
        for (MemorySegment to : kinds(arena)) {
          for (int bytes = 0; bytes < 70; bytes++) {
            for (int offset = 0; offset < 5; offset++) {
              check(from, 4 - offset, to, offset, bytes);
            }
          }
        }
      }
    }
  }

  private static List<MemorySegment> kinds(Arena arena) {
    return List.of(
        MemorySegment.ofArray(new float[ROOM / 4]),
        MemorySegment.ofArray(new float[ROOM]).asSlice(12, ROOM),
        MemorySegment.ofArray(new int[ROOM / 4]),
        MemorySegment.ofArray(new long[ROOM / 8]),
        MemorySegment.ofArray(new byte[ROOM]),
        arena.allocate(ROOM));
  }

  private static void check(
      MemorySegment from, int fromOffset, MemorySegment to, int toOffset, int bytes) {
    for (int i = 0; i < ROOM; i++) {
      from.set(ValueLayout.JAVA_BYTE, i, (byte) i);
      to.set(ValueLayout.JAVA_BYTE, i, (byte) -1);
    }
    HostMemory.copy(from, fromOffset, to, toOffset, bytes);
    for (int i = 0; i < ROOM; i++) {
      boolean copied = i >= toOffset && i < toOffset + bytes;
      byte expected = (byte) (copied ? i - toOffset + fromOffset : -1);
      assertEquals(expected, to.get(ValueLayout.JAVA_BYTE, i), () -> from + " to " + to);
    }
  }

  @Test
  void tooShortAMemoryIsRefused() {
    MemorySegment four = MemorySegment.ofArray(new float[2]).asSlice(0, Float.BYTES);
    MemorySegment bytes = MemorySegment.ofArray(new byte[8]);
    MemorySegment eight = MemorySegment.ofArray(new float[2]);
    assertThrows(
        IndexOutOfBoundsException.class, () -> HostMemory.copy(eight, 0, four, 0, Long.BYTES));
    assertThrows(
        IndexOutOfBoundsException.class, () -> HostMemory.copy(bytes, 4, eight, 0, Long.BYTES));
  }
}
