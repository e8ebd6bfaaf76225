package org.wardlock.nn;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.data.Augmentation;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.testing.TestDevice;

class PixelsTest {
  private static final int SIZE = 32;
  private static final int PICTURES = 19;

  private static BatchLoader loader(String augmentation, boolean movesOnDevice) {
    return BatchLoader.builder(
            DataSource.parse("shapes").open(Split.TRAIN, Selection.limit(PICTURES, 0)))
        .batchSize(8)
        .shuffle(true)
        .seed(3)
        .workers(2)
        .augmentation(Augmentation.parse(augmentation, SIZE))
        .movesOnDevice(movesOnDevice)
        .build();
  }

  /** In two epochs, the second one with arrays that were given back, and in incomplete batches. */
  @ParameterizedTest
  @CsvSource({
    "'flip,crop', 3",
    "flip, 3",
    "crop, 3",
    "resized-crop, 0",
    "none, 0",
    "'flip,crop,rand-augment', 0",
    "'crop,erase-1', 0"
  })
  void picturesAreTheSameWhoeverMovesThem(String augmentation, int numbers) {
    BatchLoader host = loader(augmentation, false);
    BatchLoader device = loader(augmentation, true);
    for (int epoch = 0; epoch < 2; epoch++) {
      try (BatchStream moved = host.epoch(epoch);
          BatchStream unmoved = device.epoch(epoch);
          Scope _ = Scope.open("test")) {
        while (moved.hasNext()) {
          Batch expected = moved.next();
          Batch found = unmoved.next();
          assertEquals(0, expected.moves().length);
          assertEquals(numbers * found.size(), found.moves().length);
          assertArrayEquals(expected.ids(), found.ids());
          assertArrayEquals(
              expected.pixels(), Pixels.bytes(TestDevice.get(), found).toBytes(), augmentation);
          device.recycle(found);
        }
      }
    }
  }
}
