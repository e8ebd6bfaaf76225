package org.wardlock.kernels.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.DeviceException;

class DeviceMemoryTest {
  private static final long ROOM = 1 << 20;

  private final Notes notes = new Notes();
  private final DeviceMemory<Long> memory = new DeviceMemory<>(Device.cuda(0), notes, ROOM);

  /** Hands out addresses and counts. */
  private static final class Notes implements DeviceMemory.Source<Long> {
    private final Map<Long, Long> allocated = new HashMap<>();
    private final Map<Long, Integer> poisoned = new HashMap<>();
    private long next = 4096;
    private int allocations;
    private boolean failing;

    @Override
    public Optional<Long> allocate(long bytes) {
      if (used() + bytes > ROOM) {
        return Optional.empty();
      }
      allocations++;
      allocated.put(next, bytes);
      next += bytes;
      return Optional.of(next - bytes);
    }

    @Override
    public void free(List<Long> addresses) {
      addresses.forEach(allocated::remove);
    }

    @Override
    public void poison(Long address, long bytes) {
      if (failing) {
        throw new DeviceException("failed");
      }
      assertEquals(bytes, allocated.get(address));
      poisoned.merge(address, 1, Integer::sum);
    }

    long used() {
      return allocated.values().stream().mapToLong(Long::longValue).sum();
    }
  }

  @Property
  void aPieceIsAsLargeAsAskedForAndLittleLarger(
      @ForAll @LongRange(min = 1, max = 1L << 40) long n) {
    long size = DeviceMemory.sizeClass(n);
    assertTrue(size >= n && size % 512 == 0, n + " -> " + size);
    assertTrue(size <= Math.max(n + 511, n + n / 8 + 1), n + " -> " + size);
    assertEquals(size, DeviceMemory.sizeClass(size));
  }

  @Test
  void whatWasGivenBackIsHandedOutAgain() {
    DeviceMemory.Piece<Long> first = memory.allocate(1000);
    first.free();
    assertEquals(1024, memory.bytesIdle());
    DeviceMemory.Piece<Long> second = memory.allocate(600);
    assertEquals(first.handle(), second.handle());
    assertNotEquals(first.handle(), memory.allocate(1000).handle());
    assertEquals(2, notes.allocations);
    assertEquals(2048, memory.bytesInUse());
    assertEquals(0, memory.bytesIdle());
  }

  @Test
  void trimmingGivesBackOnlyWhatIsIdle() {
    DeviceMemory.Piece<Long> kept = memory.allocate(1000);
    memory.allocate(5000).free();
    assertEquals(5120, memory.trim());
    assertEquals(0, memory.trim());
    assertEquals(Map.of(kept.handle(), 1024L), notes.allocated);
  }

  @Test
  void withoutRoomTheIdlePiecesGoFirst() {
    memory.allocate(ROOM / 2).free();
    DeviceMemory.Piece<Long> large = memory.allocate(ROOM);
    assertEquals(Map.of(large.handle(), ROOM), notes.allocated);
  }

  @Test
  void withNothingIdleLeftTheErrorSaysWhatIsInUse() {
    List<DeviceMemory.Piece<Long>> pieces = new ArrayList<>();
    pieces.add(memory.allocate(ROOM / 2));
    memory.allocate(1000).free();
    var error = assertThrows(DeviceException.class, () -> memory.allocate(ROOM));
    assertEquals(
        "device cuda:0: out of memory: no 1048576 bytes left, with 524288 bytes in use and none kept"
            + " idle; smaller batches need less",
        error.getMessage());
    pieces.forEach(DeviceMemory.Piece::free);
    assertEquals(ROOM, memory.allocate(ROOM).bytes());
  }

  @Test
  void workThatLacksMemoryIsDoneOnceMoreWithNothingKept() {
    memory.allocate(1000).free();
    var attempts = new ArrayList<Long>();
    memory.retried(
        () -> {
          attempts.add(notes.used());
          if (notes.used() > 0) {
            throw new IllegalStateException("no room");
          }
        },
        IllegalStateException.class::isInstance);
    assertEquals(List.of(1024L, 0L), attempts);
  }

  @Test
  void otherFailuresAndThoseWithNothingKeptAreNotTriedAgain() {
    var attempts = new ArrayList<String>();
    for (boolean isLack : new boolean[] {false, true}) {
      if (!isLack) {
        memory.allocate(1000).free();
      } else {
        memory.trim();
      }
      Runnable work =
          () -> {
            attempts.add("again");
            throw new IllegalStateException("failed");
          };
      assertThrows(IllegalStateException.class, () -> memory.retried(work, _ -> isLack));
    }
    assertEquals(2, attempts.size());
  }

  @Test
  void whatIsKeptBeyondTheMostIsLetGo() {
    var small = new DeviceMemory<>(Device.cuda(0), notes, 3000);
    DeviceMemory.Piece<Long> first = small.allocate(2000);
    DeviceMemory.Piece<Long> second = small.allocate(1000);
    first.free();
    assertEquals(2048, small.bytesIdle());
    second.free();
    assertEquals(0, small.bytesIdle());
    assertEquals(Map.of(), notes.allocated);
    assertEquals(0, small.bytesInUse());
  }

  /** Tests run with the property that asks for it. */
  @Test
  void newAndReturnedMemoryIsPoisoned() {
    DeviceMemory.Piece<Long> piece = memory.allocate(1000);
    assertEquals(Map.of(piece.handle(), 1), notes.poisoned);
    piece.free();
    assertEquals(Map.of(piece.handle(), 2), notes.poisoned);
    memory.allocate(1000);
    assertEquals(Map.of(piece.handle(), 2), notes.poisoned);
  }

  @Test
  void scopesCloseOnADeviceThatHasFailed() {
    DeviceMemory.Piece<Long> piece = memory.allocate(1000);
    notes.failing = true;
    piece.free();
    assertEquals(0, memory.bytesInUse());
  }

  @Test
  void onceClosedNothingIsKept() {
    DeviceMemory.Piece<Long> used = memory.allocate(1000);
    memory.allocate(2000).free();
    memory.close();
    assertEquals(Map.of(used.handle(), 1024L), notes.allocated);
    used.free();
    assertEquals(Map.of(), notes.allocated);
  }

  // ---- reserves

  @Test
  void whatAReserveHoldsIsHandedOutToItAloneWhileItIsOpen() {
    var reserve = new DeviceMemory.Reserve<Long>();
    DeviceMemory.Piece<Long> first = memory.allocate(1000, reserve);
    first.free();
    assertNotEquals(first.handle(), memory.allocate(1000).handle());
    assertEquals(first.handle(), memory.allocate(1000, reserve).handle());
  }

  @Test
  void aSealedReserveKeepsWhatWasGivenBackUntilItIsGivenUp() {
    var reserve = new DeviceMemory.Reserve<Long>();
    DeviceMemory.Piece<Long> temporary = memory.allocate(1000, reserve);
    DeviceMemory.Piece<Long> state = memory.allocate(1000);
    memory.hold(state, reserve);
    memory.seal(reserve);
    temporary.free();
    state.free();
    assertEquals(0, memory.bytesIdle());
    assertEquals(2048, memory.bytesInUse());
    memory.giveUp(reserve);
    assertEquals(2048, memory.bytesIdle());
    assertEquals(0, memory.bytesInUse());
    assertEquals(2048, memory.trim());
  }

  @Test
  void whatTwoReservesHoldStaysUntilTheLastIsGivenUp() {
    var one = new DeviceMemory.Reserve<Long>();
    var other = new DeviceMemory.Reserve<Long>();
    DeviceMemory.Piece<Long> state = memory.allocate(1000);
    memory.hold(state, one);
    memory.hold(state, other);
    memory.seal(one);
    memory.seal(other);
    state.free();
    memory.giveUp(one);
    assertEquals(0, memory.bytesIdle());
    memory.giveUp(other);
    assertEquals(1024, memory.bytesIdle());
  }

  @Test
  void whatIsInUseWhenAReserveIsGivenUpStaysInUse() {
    var reserve = new DeviceMemory.Reserve<Long>();
    DeviceMemory.Piece<Long> state = memory.allocate(1000);
    memory.hold(state, reserve);
    memory.seal(reserve);
    memory.giveUp(reserve);
    assertEquals(0, memory.bytesIdle());
    state.free();
    assertEquals(1024, memory.bytesIdle());
  }

  @Test
  void theErrorTellsWhatRepeatedStepsHold() {
    var reserve = new DeviceMemory.Reserve<Long>();
    memory.allocate(ROOM / 2, reserve).free();
    memory.seal(reserve);
    var error = assertThrows(DeviceException.class, () -> memory.allocate(ROOM));
    assertTrue(
        error.getMessage().contains("524288 bytes in use (524288 for repeated steps)"),
        error.getMessage());
  }
}
