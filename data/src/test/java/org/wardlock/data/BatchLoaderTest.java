package org.wardlock.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.concurrent.CancellationException;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchLoaderTest {
  private static final PictureShape SHAPE = new PictureShape(3, 4, 5);

  @Test
  void withoutShufflingPicturesComeInOrderAndUnchanged() {
    var dataset = new MemoryDataset(7, 3, SHAPE);
    var loader = BatchLoader.builder(dataset).batchSize(4).build();
    try (var stream = loader.epoch(0)) {
      Batch first = stream.next();
      assertArrayEquals(new long[] {0, 1, 2, 3}, first.ids());
      assertArrayEquals(new int[] {0, 1, 2, 0}, first.labels());
      assertEquals(SHAPE, first.shape());
      for (int i = 0; i < 4; i++) {
        for (int position = 0; position < SHAPE.values(); position++) {
          assertEquals(dataset.value(i, position), first.pixels()[i * SHAPE.values() + position]);
        }
      }
      assertArrayEquals(new long[] {4, 5, 6}, stream.next().ids());
      assertFalse(stream.hasNext());
      assertThrows(NoSuchElementException.class, stream::next);
    }
  }

  @Test
  void everyEpochAndSeedHasItsOwnOrder() {
    var loader =
        BatchLoader.builder(new MemoryDataset(50, 5, SHAPE)).batchSize(50).shuffle(true).build();
    var other =
        BatchLoader.builder(new MemoryDataset(50, 5, SHAPE))
            .batchSize(50)
            .shuffle(true)
            .seed(1)
            .build();
    long[] order = onlyIds(loader, 0);
    assertArrayEquals(order, onlyIds(loader, 0));
    assertNotEquals(Arrays.toString(order), Arrays.toString(onlyIds(loader, 1)));
    assertNotEquals(Arrays.toString(order), Arrays.toString(onlyIds(other, 0)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 5})
  void aBrokenPictureSurfacesWithItsBatchAndTheFirstOfSeveralWins(int workers) {
    var dataset = new MemoryDataset(64, 2, SHAPE).breakPicture(29).breakPicture(21);
    var loader = BatchLoader.builder(dataset).batchSize(8).workers(workers).build();
    try (var stream = loader.epoch(0)) {
      assertEquals(0, stream.next().ids()[0]);
      assertEquals(8, stream.next().ids()[0]);
      assertEquals(
          "picture-21: broken", assertThrows(DataException.class, stream::next).getMessage());
      assertThrows(IllegalStateException.class, stream::next);
    }
  }

  @Test
  void aGivenBackBatchIsUsedAgain() {
    var loader = BatchLoader.builder(new MemoryDataset(64, 2, SHAPE)).batchSize(8).build();
    try (var stream = loader.epoch(0)) {
      Batch first = stream.next();
      loader.recycle(first);
      boolean seenAgain = false;
      for (int number = 1; stream.hasNext(); number++) {
        Batch batch = stream.next();
        assertEquals(8L * number, batch.ids()[0]);
        seenAgain |= batch.pixels() == first.pixels();
      }
      assertTrue(seenAgain);
    }
  }

  @Test
  void recyclingAllTheWayChangesNoBatch() {
    var builder =
        BatchLoader.builder(new MemoryDataset(100, 2, SHAPE)).batchSize(8).workers(2).shuffle(true);
    long[] kept;
    try (var stream = builder.build().epoch(0)) {
      kept = LongStream.range(0, 13).flatMap(_ -> Arrays.stream(stream.next().ids())).toArray();
    }
    var recycling = builder.build();
    var seen = LongStream.builder();
    try (var stream = recycling.epoch(0)) {
      while (stream.hasNext()) {
        Batch batch = stream.next();
        Arrays.stream(batch.ids()).forEach(seen);
        recycling.recycle(batch);
      }
    }
    assertArrayEquals(kept, seen.build().toArray());
  }

  @Test
  void aBatchCannotBeGivenBackTwice() {
    var loader = BatchLoader.builder(new MemoryDataset(8, 2, SHAPE)).batchSize(8).build();
    try (var stream = loader.epoch(0)) {
      Batch batch = stream.next();
      loader.recycle(batch);
      assertThrows(IllegalStateException.class, () -> loader.recycle(batch));
    }
  }

  @Test
  void closingEndsTheWorkers() {
    var loader =
        BatchLoader.builder(new MemoryDataset(10_000, 2, SHAPE)).batchSize(10).workers(3).build();
    var stream = loader.epoch(0);
    stream.next();
    stream.close();
    stream.close();
    assertThrows(IllegalStateException.class, stream::next);
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("wardlock-data-")));
  }

  @Test
  void anInterruptedConsumerStaysInterrupted() {
    var loader = BatchLoader.builder(new MemoryDataset(8, 2, SHAPE)).batchSize(8).build();
    try (var stream = loader.epoch(0)) {
      Thread.currentThread().interrupt();
      assertThrows(CancellationException.class, stream::next);
      assertTrue(Thread.interrupted());
      assertEquals(8, stream.next().size());
    }
  }

  @Test
  void aFailureThatIsNoExceptionReachesTheConsumerAsItIs() {
    var failure = new OutOfMemoryError("planted");
    var dataset =
        new ForwardingDataset(new MemoryDataset(8, 2, SHAPE)) {
          @Override
          public void copyPixels(int index, byte[] target, int offset) {
            throw failure;
          }
        };
    try (var stream = BatchLoader.builder(dataset).batchSize(8).build().epoch(0)) {
      assertSame(failure, assertThrows(OutOfMemoryError.class, stream::next));
    }
  }

  @Test
  void settingsThatMakeNoSenseAreRefused() {
    var builder = BatchLoader.builder(new MemoryDataset(8, 2, SHAPE));
    assertThrows(IllegalArgumentException.class, () -> builder.batchSize(0));
    assertThrows(IllegalArgumentException.class, () -> builder.workers(0));
    assertThrows(IllegalArgumentException.class, () -> builder.readAhead(0));
    assertThrows(DataException.class, () -> builder.batchSize(9).dropLast(true).build());
    var loader = builder.batchSize(3).dropLast(false).build();
    assertThrows(IllegalArgumentException.class, () -> loader.epoch(-1));
    assertThrows(IllegalArgumentException.class, () -> loader.epoch(0, 4));
    assertThrows(IllegalArgumentException.class, () -> loader.epoch(0, -1));
  }

  private static long[] onlyIds(BatchLoader loader, int epoch) {
    try (var stream = loader.epoch(epoch)) {
      return stream.next().ids();
    }
  }
}
