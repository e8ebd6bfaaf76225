package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Turns and mirrorings: by their pictures, and by what they come to one after another. */
class BlockGeometryTest {

  @Test
  void aQuarterTurnIsClockwise() {
    // 0 1 2        6 3 0
    // 3 4 5   to   7 4 1
    // 6 7 8        8 5 2
    var geometry = new BlockGeometry(1, 3, FlattenOrder.CHW);
    assertEquals(Permutation.of(6, 3, 0, 7, 4, 1, 8, 5, 2), geometry.turned(1));
    assertEquals(Permutation.of(2, 1, 0, 5, 4, 3, 8, 7, 6), geometry.mirrored(1));
    assertEquals(Permutation.of(6, 7, 8, 3, 4, 5, 0, 1, 2), geometry.mirrored(2));
  }

  @Test
  void channelsChangePlaces() {
    Permutation sources = Permutation.of(2, 0, 1);
    assertEquals(sources, new BlockGeometry(3, 1, FlattenOrder.HWC).withChannels(sources));
    assertEquals(
        Permutation.of(8, 9, 10, 11, 0, 1, 2, 3, 4, 5, 6, 7),
        new BlockGeometry(3, 2, FlattenOrder.CHW).withChannels(sources));
    assertEquals(
        Permutation.of(2, 0, 1, 5, 3, 4, 8, 6, 7, 11, 9, 10),
        new BlockGeometry(3, 2, FlattenOrder.HWC).withChannels(sources));
  }

  @ParameterizedTest
  @EnumSource
  void fourQuartersAreNothingAndTwoAreBothMirrorings(FlattenOrder order) {
    var geometry = new BlockGeometry(3, 4, order);
    Permutation quarter = geometry.turned(1);
    Permutation half = after(quarter, quarter);
    assertEquals(geometry.turned(2), half);
    assertEquals(geometry.mirrored(3), half);
    assertEquals(geometry.turned(3), after(half, quarter));
    assertEquals(geometry.turned(0), after(half, half));
    assertEquals(Permutation.identity(48), geometry.turned(0));
    assertEquals(geometry.mirrored(3), after(geometry.mirrored(1), geometry.mirrored(2)));
    assertEquals(Permutation.identity(48), geometry.mirrored(0));
    // a mirroring between two turns undoes the turn
    assertEquals(geometry.mirrored(1), after(after(quarter, geometry.mirrored(1)), quarter));
  }

  /** One and then the other. */
  private static Permutation after(Permutation one, Permutation other) {
    return Permutation.of(IntStream.range(0, one.length()).map(i -> one.at(other.at(i))).toArray());
  }
}
