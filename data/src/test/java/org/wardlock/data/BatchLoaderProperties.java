package org.wardlock.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class BatchLoaderProperties {
  private static final PictureShape SHAPE = new PictureShape(3, 8, 8);

  private static BatchLoader.Builder loader(int size, int batchSize, long seed) {
    return BatchLoader.builder(new MemoryDataset(size, 4, SHAPE))
        .batchSize(batchSize)
        .shuffle(true)
        .seed(seed)
        .augmentation(Augmentation.parse("flip,crop", 8));
  }

  private static List<Batch> all(BatchLoader loader, int epoch, int firstBatch) {
    var batches = new ArrayList<Batch>();
    try (BatchStream stream = loader.epoch(epoch, firstBatch)) {
      stream.forEachRemaining(batches::add);
    }
    return batches;
  }

  static void assertSame(List<Batch> expected, List<Batch> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i).ids(), found.get(i).ids(), "ids of batch " + i);
      assertArrayEquals(expected.get(i).labels(), found.get(i).labels(), "labels of batch " + i);
      assertArrayEquals(expected.get(i).pixels(), found.get(i).pixels(), "pixels of batch " + i);
    }
  }

  @Property(tries = 60)
  void batchesDoNotDependOnTheNumberOfWorkers(
      @ForAll @IntRange(min = 1, max = 120) int size,
      @ForAll @IntRange(min = 1, max = 40) int batchSize,
      @ForAll @IntRange(min = 1, max = 4) int readAhead,
      @ForAll long seed) {
    List<Batch> one = all(loader(size, batchSize, seed).workers(1).build(), 3, 0);
    for (int workers : new int[] {2, 5}) {
      var other = loader(size, batchSize, seed).workers(workers).readAhead(readAhead).build();
      assertSame(one, all(other, 3, 0));
    }
  }

  @Property(tries = 60)
  void anEpochTakenUpInTheMiddleGoesOnAsIfItHadNotStopped(
      @ForAll @IntRange(min = 1, max = 120) int size,
      @ForAll @IntRange(min = 1, max = 40) int batchSize,
      @ForAll @IntRange(min = 0, max = 120) int place,
      @ForAll @IntRange(min = 0, max = 1000) int epoch,
      @ForAll long seed) {
    var loader = loader(size, batchSize, seed).workers(2).build();
    int first = place % (loader.batches() + 1);
    List<Batch> whole = all(loader, epoch, 0);
    assertSame(whole.subList(first, whole.size()), all(loader, epoch, first));
  }

  @Property(tries = 60)
  void anEpochShowsEveryPictureOnce(
      @ForAll @IntRange(min = 1, max = 120) int size,
      @ForAll @IntRange(min = 1, max = 40) int batchSize,
      @ForAll long seed) {
    var seen = new boolean[size];
    for (Batch batch : all(loader(size, batchSize, seed).build(), 0, 0)) {
      assertTrue(batch.size() <= batchSize);
      for (int i = 0; i < batch.size(); i++) {
        int id = Math.toIntExact(batch.ids()[i]);
        assertTrue(!seen[id], "picture " + id + " came twice");
        assertEquals(id % 4, batch.labels()[i]);
        seen[id] = true;
      }
    }
    for (boolean one : seen) {
      assertTrue(one);
    }
  }

  @Property(tries = 60)
  void droppingTheLastBatchLeavesFullOnes(
      @ForAll @IntRange(min = 1, max = 120) int size,
      @ForAll @IntRange(min = 1, max = 40) int batchSize,
      @ForAll long seed) {
    if (size < batchSize) {
      return;
    }
    var loader = loader(size, batchSize, seed).dropLast(true).build();
    List<Batch> batches = all(loader, 0, 0);
    assertEquals(size / batchSize, batches.size());
    assertEquals(batches.size(), loader.batches());
    assertEquals(batches.size() * batchSize, loader.pictures());
    batches.forEach(batch -> assertEquals(batchSize, batch.size()));
  }
}
