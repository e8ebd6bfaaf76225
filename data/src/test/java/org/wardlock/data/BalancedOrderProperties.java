package org.wardlock.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BalancedOrderProperties {

  private static MemoryDataset dataset(int size, int classes) {
    return new MemoryDataset(size, classes, new PictureShape(3, 1, 1));
  }

  @Property(tries = 200)
  void classesComeEvenly(
      @ForAll @IntRange(min = 1, max = 12) int classes,
      @ForAll @IntRange(min = 1, max = 20) int perClass,
      @ForAll @IntRange(min = 0, max = 1000) int place,
      @ForAll long seed) {
    MemoryDataset dataset = dataset(classes * perClass, classes);
    int limit = 1 + place % dataset.size();
    int[] counts = new int[classes];
    for (int index : BalancedOrder.first(dataset, limit, seed)) {
      counts[dataset.label(index)]++;
    }
    for (int count : counts) {
      assertTrue(count == limit / classes || count == Math.ceilDiv(limit, classes));
    }
  }

  @Property(tries = 200)
  void aSmallerLimitIsTheStartOfALargerOne(
      @ForAll @IntRange(min = 1, max = 100) int size,
      @ForAll @IntRange(min = 1, max = 12) int classes,
      @ForAll @IntRange(min = 0, max = 1000) int place,
      @ForAll long seed) {
    MemoryDataset dataset = dataset(size, classes);
    int[] all = BalancedOrder.first(dataset, size, seed);
    int limit = 1 + place % size;
    assertArrayEquals(Arrays.copyOf(all, limit), BalancedOrder.first(dataset, limit, seed));
  }

  @Property(tries = 100)
  void allPicturesComeOnce(
      @ForAll @IntRange(min = 1, max = 100) int size,
      @ForAll @IntRange(min = 1, max = 12) int classes,
      @ForAll long seed) {
    int[] all = BalancedOrder.first(dataset(size, classes), size, seed);
    assertEquals(size, Arrays.stream(all).distinct().count());
  }
}
