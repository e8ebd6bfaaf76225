package org.wardlock.data.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.data.source.TestFolders.writePicture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.data.Augmentation;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.DataException;
import org.wardlock.data.Dataset;
import org.wardlock.data.Preprocess;
import org.wardlock.data.Split;
import org.wardlock.data.image.Interpolation;

/** From files of many sizes to batches. */
class DecodingLoaderTest {
  @TempDir Path folder;

  @BeforeEach
  void writePictures() throws IOException {
    for (int i = 0; i < 30; i++) {
      String name = "train/%s/%02d.png".formatted(i % 3 == 0 ? "a" : "b", i);
      writePicture(folder.resolve(name), 20 + 3 * i, 70 - i);
    }
  }

  private Dataset dataset() {
    return DataSource.parse("folder:" + folder).open(Split.TRAIN);
  }

  private BatchLoader.Builder loader() {
    return BatchLoader.builder(dataset())
        .batchSize(8)
        .shuffle(true)
        .seed(3)
        .preprocess(Preprocess.of(24, 0.9, Interpolation.BICUBIC));
  }

  private static List<byte[]> pixels(BatchLoader loader, int firstBatch) {
    var pixels = new ArrayList<byte[]>();
    try (var batches = loader.epoch(1, firstBatch)) {
      batches.forEachRemaining(batch -> pixels.add(batch.pixels()));
    }
    return pixels;
  }

  private static void assertSame(List<byte[]> expected, List<byte[]> found) {
    assertEquals(expected.size(), found.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), found.get(i), "batch " + i);
    }
  }

  @Test
  void workersAndPlaceOfStartChangeNothing() {
    var augmentation = Augmentation.parse("resized-crop,flip", 24);
    for (var wanted : List.of(Augmentation.NONE, augmentation)) {
      List<byte[]> one = pixels(loader().augmentation(wanted).workers(1).build(), 0);
      assertEquals(4, one.size());
      for (int workers : new int[] {2, 5}) {
        var loader = loader().augmentation(wanted).workers(workers).build();
        assertSame(one, pixels(loader, 0));
        assertSame(one.subList(2, 4), pixels(loader, 2));
      }
    }
  }

  @Test
  void aDamagedFileIsNamedWhenItsBatchComes() throws IOException {
    Path damaged = folder.resolve("train/b/20.png");
    Files.write(damaged, Arrays.copyOf(Files.readAllBytes(damaged), 100));
    var loader = loader().shuffle(false).workers(2).build();
    try (var batches = loader.epoch(0)) {
      var failure =
          assertThrows(
              DataException.class,
              () -> {
                while (batches.hasNext()) {
                  Batch batch = batches.next();
                  assertTrue(batch.ids()[0] < 16);
                }
              });
      assertTrue(
          failure.getMessage().startsWith(damaged + ": PNG of 100 bytes"), failure::getMessage);
      assertTrue(failure.getMessage().contains("truncated or damaged"), failure::getMessage);
    }
  }
}
