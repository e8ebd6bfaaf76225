package org.wardlock.data.packed;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.data.packed.PackFolders.pack;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.data.Augmentation;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.data.Dataset;
import org.wardlock.data.ForwardingDataset;
import org.wardlock.data.Preprocess;
import org.wardlock.data.Selection;
import org.wardlock.data.SharedFiles;
import org.wardlock.data.Split;
import org.wardlock.data.image.Interpolation;
import org.wardlock.data.image.Picture;
import org.wardlock.data.source.DataSource;

/** Real pictures of many sizes, packed and not. */
class PackedPicturesTest {
  private static final int PICTURES = 40;

  @TempDir private Path root;

  private static Dataset pictures() {
    var source = DataSource.parse("folder:" + SharedFiles.get("data/caltech10"));
    return source.open(Split.TRAIN, Selection.limit(PICTURES, 5));
  }

  private Dataset packed(Dataset source, int size) throws IOException {
    PackedSplit packed = pack(PackPlan.inShards(source, size, 16), root);
    assertEquals(PICTURES, packed.pictures());
    return DataSource.parse("packed:" + root).open(Split.TRAIN);
  }

  private static void assertSameBatches(BatchLoader.Builder first, BatchLoader.Builder second) {
    try (BatchStream expected = first.batchSize(8).workers(2).build().epoch(3);
        BatchStream found = second.batchSize(8).workers(2).build().epoch(3)) {
      while (expected.hasNext()) {
        Batch one = expected.next();
        Batch other = found.next();
        assertArrayEquals(one.ids(), other.ids());
        assertArrayEquals(one.labels(), other.labels());
        assertArrayEquals(one.pixels(), other.pixels());
      }
      assertTrue(!found.hasNext());
    }
  }

  @Test
  void packedPicturesAreThoseThatAreResizedOnTheWay() throws IOException {
    Dataset source = pictures();
    var whole = new Preprocess(96, 96, Interpolation.BICUBIC);
    assertSameBatches(
        BatchLoader.builder(source).preprocess(whole),
        BatchLoader.builder(packed(source, 96)).preprocess(whole));
  }

  /** At the size to which a network's evaluation resizes, 248 for 224 at 0.9. */
  @Test
  void evaluationSeesTheSamePixels() throws IOException {
    Dataset source = pictures();
    var evaluation = Preprocess.of(224, 0.9, Interpolation.BICUBIC);
    assertSameBatches(
        BatchLoader.builder(source).preprocess(evaluation),
        BatchLoader.builder(packed(source, evaluation.resizeTo())).preprocess(evaluation));
  }

  /** Chance does the same to a packed picture as to one that had that size all along. */
  @ParameterizedTest
  @ValueSource(strings = {"flip", "crop", "flip,crop", "resized-crop", "flip,resized-crop"})
  void augmentationsWorkAsOnOtherPictures(String augmentation) throws IOException {
    Dataset source = pictures();
    var whole = new Preprocess(64, 64, Interpolation.BICUBIC);
    Dataset resized =
        new ForwardingDataset(source) {
          @Override
          public Picture picture(int index) {
            return whole.apply(super.picture(index));
          }
        };
    for (int size : new int[] {64, 48}) {
      var wanted = Preprocess.of(size, 1, Interpolation.BICUBIC);
      Augmentation chance = Augmentation.parse(augmentation, size);
      Path cache = root.resolve("cache" + size);
      Files.createDirectory(cache);
      pack(PackPlan.inShards(source, 64, 16), cache);
      Dataset packed = DataSource.parse("packed:" + cache).open(Split.TRAIN);
      assertSameBatches(
          BatchLoader.builder(resized)
              .preprocess(wanted)
              .augmentation(chance)
              .shuffle(true)
              .seed(9),
          BatchLoader.builder(packed)
              .preprocess(wanted)
              .augmentation(chance)
              .shuffle(true)
              .seed(9));
    }
  }
}
