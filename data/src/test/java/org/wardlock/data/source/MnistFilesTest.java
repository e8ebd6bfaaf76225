package org.wardlock.data.source;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wardlock.data.source.TestFolders.assertRefused;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.data.Dataset;
import org.wardlock.data.PictureShape;
import org.wardlock.data.Split;

class MnistFilesTest {
  @TempDir Path folder;

  @BeforeEach
  void writeThreePictures() throws IOException {
    Files.write(folder.resolve("train-images-idx3-ubyte"), images(3));
    Files.write(folder.resolve("train-labels-idx1-ubyte"), labels(7, 0, 9));
    Files.write(folder.resolve("t10k-images.idx3-ubyte.gz"), compressed(images(2)));
    Files.write(folder.resolve("t10k-labels-idx1-ubyte.gz"), compressed(labels(1, 2)));
  }

  private static byte[] images(int count) {
    ByteBuffer file = ByteBuffer.allocate(16 + count * 20);
    file.putInt(0x00000803).putInt(count).putInt(4).putInt(5);
    for (int i = 0; i < count * 20; i++) {
      file.put((byte) i);
    }
    return file.array();
  }

  private static byte[] labels(int... labels) {
    ByteBuffer file = ByteBuffer.allocate(8 + labels.length);
    file.putInt(0x00000801).putInt(labels.length);
    for (int label : labels) {
      file.put((byte) label);
    }
    return file.array();
  }

  private static byte[] compressed(byte[] content) throws IOException {
    var out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      gzip.write(content);
    }
    return out.toByteArray();
  }

  private Dataset open(Split split) {
    return DataSource.parse("mnist:" + folder).open(split);
  }

  @Test
  void greyBecomesThreeEqualPlanes() {
    Dataset dataset = open(Split.TRAIN);
    assertEquals(3, dataset.size());
    assertEquals(9, dataset.label(2));
    assertEquals(Optional.of(new PictureShape(3, 4, 5)), dataset.shape());
    byte[] planes = new byte[60];
    dataset.copyPixels(1, planes, 0);
    byte[] plane = Arrays.copyOf(planes, 20);
    assertEquals(20, plane[0]);
    assertArrayEquals(plane, Arrays.copyOfRange(planes, 20, 40));
    assertArrayEquals(plane, Arrays.copyOfRange(planes, 40, 60));
    assertEquals(21, dataset.picture(1).rgb()[5]);
  }

  @Test
  void compressedFilesAreReadToo() {
    Dataset dataset = open(Split.TEST);
    assertEquals(2, dataset.size());
    assertEquals(2, dataset.label(1));
    assertEquals(dataset.identity(), open(Split.VAL).identity());
  }

  @Test
  void filesOfTheWrongSizeAreRefused() throws IOException {
    Path images = folder.resolve("train-images-idx3-ubyte");
    byte[] whole = images(3);
    Files.write(images, Arrays.copyOf(whole, whole.length - 1));
    assertRefused(() -> open(Split.TRAIN), "ubyte: 59 bytes of values found; expected 60");
    Files.write(images, Arrays.copyOf(whole, whole.length + 1));
    assertRefused(
        () -> open(Split.TRAIN), "ubyte: more than 60 bytes of values found; expected 60");
    Files.write(images, Arrays.copyOf(whole, 9));
    assertRefused(() -> open(Split.TRAIN), "ubyte: ends within its header");
    Files.write(images, new byte[0]);
    assertRefused(() -> open(Split.TRAIN), "ubyte: ends within its header");
  }

  @Test
  void headersThatLieAreRefused() throws IOException {
    Path images = folder.resolve("train-images-idx3-ubyte");
    ByteBuffer content = ByteBuffer.wrap(images(3));
    Files.write(images, content.putInt(4, 0x7FFFFFFF).array());
    assertRefused(() -> open(Split.TRAIN), "header says [2147483647, 4, 5] values; expected");
    Files.write(images, content.putInt(4, -1).array());
    assertRefused(() -> open(Split.TRAIN), "header says [-1, 4, 5] values; expected");
    Files.write(images, labels(1, 2, 3));
    assertRefused(() -> open(Split.TRAIN), "starts with 00000801; expected 00000803");
  }

  @Test
  void labelsMustFit() throws IOException {
    Path labels = folder.resolve("train-labels-idx1-ubyte");
    Files.write(labels, labels(1, 2));
    assertRefused(() -> open(Split.TRAIN), "labels-idx1-ubyte: 2 labels found; expected 3");
    Files.write(labels, labels(1, 2, 10));
    assertRefused(() -> open(Split.TRAIN), "ubyte: label 10 of picture 2; expected 0 to 9");
  }

  @Test
  void aMissingFileIsNamed() throws IOException {
    Files.delete(folder.resolve("train-labels-idx1-ubyte"));
    assertRefused(() -> open(Split.TRAIN), "train-labels-idx1-ubyte: no such file, nor with .gz");
    Files.write(folder.resolve("train-labels-idx1-ubyte.gz"), labels(1, 2, 3));
    assertRefused(() -> open(Split.TRAIN), "train-labels-idx1-ubyte.gz: cannot be read: ");
  }
}
