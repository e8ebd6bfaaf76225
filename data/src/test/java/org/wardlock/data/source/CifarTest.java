package org.wardlock.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.data.DataException;
import org.wardlock.data.Dataset;
import org.wardlock.data.SharedFiles;
import org.wardlock.data.Split;
import org.wardlock.data.image.Picture;

class CifarTest {
  private static final int RECORD = 3073;

  @TempDir Path folder;

  @BeforeEach
  void writeFiveBatchesOfTwoAndATestBatchOfThree() throws IOException {
    for (int file = 1; file <= 5; file++) {
      Files.write(folder.resolve("data_batch_" + file + ".bin"), records(2, file));
    }
    Files.write(folder.resolve("test_batch.bin"), records(3, 9));
  }

  private static byte[] records(int count, int start) {
    byte[] content = new byte[count * RECORD];
    for (int record = 0; record < count; record++) {
      for (int i = 1; i < RECORD; i++) {
        content[record * RECORD + i] = (byte) (start + record + i);
      }
      content[record * RECORD] = (byte) ((start + record) % 10);
    }
    return content;
  }

  private Dataset open(Split split) {
    return DataSource.parse("cifar10:" + folder).open(split);
  }

  private String refusal(Split split) {
    return assertThrows(DataException.class, () -> open(split)).getMessage();
  }

  @Test
  void trainingBatchesFollowOneAnother() {
    Dataset dataset = open(Split.TRAIN);
    assertEquals(10, dataset.size());
    assertEquals(3, dataset.label(4));
    assertEquals(List.of("0", "1", "2"), dataset.classes().subList(0, 3));
    byte[] planes = new byte[3 + 3072];
    dataset.copyPixels(5, planes, 3);
    assertEquals((byte) (3 + 1 + 1), planes[3]);
    Picture picture = dataset.picture(5);
    assertEquals(planes[3], picture.rgb()[0]);
    assertEquals(planes[3 + 1024], picture.rgb()[1]);
    assertEquals(planes[3 + 2048], picture.rgb()[2]);
  }

  @Test
  void validationAndTestAreTheTestBatch() {
    assertEquals(3, open(Split.VAL).size());
    assertEquals(open(Split.VAL).identity(), open(Split.TEST).identity());
    assertNotEquals(open(Split.TRAIN).identity(), open(Split.TEST).identity());
  }

  @Test
  void identityChangesWithOnePixel() throws IOException {
    var before = open(Split.TEST).identity();
    byte[] content = records(3, 9);
    content[RECORD + 17]++;
    Files.write(folder.resolve("test_batch.bin"), content);
    assertNotEquals(before, open(Split.TEST).identity());
  }

  @Test
  void aTruncatedBatchIsRefused() throws IOException {
    Files.write(folder.resolve("data_batch_3.bin"), new byte[2 * RECORD - 1]);
    String message = refusal(Split.TRAIN);
    assertTrue(message.contains("data_batch_3.bin: 6145 bytes found; expected"), message);
    assertTrue(message.contains("30730000"), message);
  }

  @Test
  void aBatchThatLacksWholeRecordsIsRefused() throws IOException {
    Files.write(folder.resolve("data_batch_3.bin"), records(1, 0));
    String message = refusal(Split.TRAIN);
    assertTrue(message.contains("data_batch_3.bin: 3073 bytes found; expected 6146"), message);
  }

  @Test
  void anEmptyBatchIsRefused() throws IOException {
    Files.write(folder.resolve("test_batch.bin"), new byte[0]);
    assertTrue(refusal(Split.TEST).contains("test_batch.bin: 0 bytes found; expected"));
  }

  @Test
  void aLabelOutsideTheClassesIsRefused() throws IOException {
    byte[] content = records(3, 0);
    content[RECORD] = 10;
    Files.write(folder.resolve("test_batch.bin"), content);
    String message = refusal(Split.TEST);
    assertTrue(message.contains("test_batch.bin: record 1 has label 10; expected 0 to 9"), message);
  }

  @Test
  void aMissingBatchIsNamed() throws IOException {
    Files.delete(folder.resolve("data_batch_4.bin"));
    assertTrue(refusal(Split.TRAIN).contains("data_batch_4.bin: no such file"));
  }

  @Test
  void oneBatchAloneIsAPool() throws IOException {
    for (int file = 2; file <= 5; file++) {
      Files.delete(folder.resolve("data_batch_" + file + ".bin"));
    }
    assertEquals(2, open(Split.TRAIN).size());
  }

  @Test
  void aMissingFolderIsNamed() {
    var source = DataSource.parse("cifar10:" + folder.resolve("absent"));
    String message = assertThrows(DataException.class, () -> source.open(Split.TRAIN)).getMessage();
    assertTrue(message.contains("absent: no such folder; expected"), message);
  }

  @Test
  void classNamesAreCounted() throws IOException {
    Files.writeString(folder.resolve("batches.meta.txt"), "airplane\nautomobile\n\n");
    assertTrue(refusal(Split.TEST).contains("batches.meta.txt: 2 class names found; expected 10"));
  }

  @Test
  void cifar100HasTwoLabelsAndTheFineOneCounts() throws IOException {
    byte[] content = new byte[2 * 3074];
    content[0] = 19;
    content[1] = 99;
    content[2] = 7;
    Files.write(folder.resolve("train.bin"), content);
    Dataset dataset = DataSource.parse("cifar100:" + folder).open(Split.TRAIN);
    assertEquals(2, dataset.size());
    assertEquals(99, dataset.label(0));
    assertEquals(100, dataset.classes().size());
    assertEquals(7, dataset.picture(0).rgb()[0]);
  }

  @Test
  void readsRealPictures() {
    var source = DataSource.parse("cifar10:" + SharedFiles.get("data/cifar10-small"));
    Dataset train = source.open(Split.TRAIN);
    Dataset test = source.open(Split.TEST);
    assertEquals(1000, train.size());
    assertEquals(500, test.size());
    assertEquals("airplane", test.classes().getFirst());
    var counts = new int[10];
    for (int i = 0; i < train.size(); i++) {
      counts[train.label(i)]++;
    }
    for (int count : counts) {
      assertEquals(100, count);
    }
  }
}
