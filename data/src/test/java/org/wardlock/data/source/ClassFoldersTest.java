package org.wardlock.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.data.source.TestFolders.assertRefused;
import static org.wardlock.data.source.TestFolders.writePicture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.data.Dataset;
import org.wardlock.data.SharedFiles;
import org.wardlock.data.Split;

class ClassFoldersTest {
  @TempDir Path folder;

  @BeforeEach
  void writeThreeClasses() throws IOException {
    for (String name : List.of("b/2.png", "b/1.PNG", "a/x.jpeg", "c/y.jpg")) {
      writePicture(folder.resolve("train").resolve(name), 6, 4);
    }
    writePicture(folder.resolve("val/b/v.png"), 5, 9);
    Files.writeString(folder.resolve("train/b/notes.txt"), "no picture");
    writePicture(folder.resolve("train/b/.hidden.png"), 6, 4);
  }

  private Dataset open(Split split) {
    return DataSource.parse("folder:" + folder).open(split);
  }

  private static List<String> names(Dataset dataset) {
    return IntStream.range(0, dataset.size()).mapToObj(dataset::name).toList();
  }

  @Test
  void picturesAreSortedByClassAndName() {
    Dataset dataset = open(Split.TRAIN);
    assertEquals(List.of("a", "b", "c"), dataset.classes());
    assertEquals(
        List.of("train/a/x.jpeg", "train/b/1.PNG", "train/b/2.png", "train/c/y.jpg"),
        names(dataset));
    assertEquals(1, dataset.label(2));
    assertEquals(Optional.empty(), dataset.shape());
    assertEquals(6, dataset.picture(2).width());
  }

  @Test
  void otherSplitsUseTheTrainingClasses() {
    Dataset dataset = open(Split.VAL);
    assertEquals(List.of("a", "b", "c"), dataset.classes());
    assertEquals(1, dataset.label(0));
    assertEquals(names(dataset), names(open(Split.TEST)), "val stands in for test");
  }

  @Test
  void testHasAFolderOfItsOwnIfThereIsOne() throws IOException {
    writePicture(folder.resolve("test/c/t.png"), 5, 9);
    assertEquals(List.of("test/c/t.png"), names(open(Split.TEST)));
    assertEquals(List.of("val/b/v.png"), names(open(Split.VAL)));
  }

  @Test
  void identityDependsOnNames() throws IOException {
    var before = open(Split.TRAIN).identity();
    assertEquals(before, open(Split.TRAIN).identity());
    Files.move(folder.resolve("train/a/x.jpeg"), folder.resolve("train/a/z.jpeg"));
    assertNotEquals(before, open(Split.TRAIN).identity());
  }

  @Test
  void aClassThatTrainingDoesNotHaveIsRefused() throws IOException {
    writePicture(folder.resolve("val/d/v.png"), 5, 9);
    assertRefused(() -> open(Split.VAL), "d: is no class: ", "train has no folder of this name");
  }

  @Test
  void missingAndEmptyFoldersAreRefused() throws IOException {
    Path empty = Files.createDirectory(folder.resolve("empty"));
    assertRefused(
        () -> DataSource.parse("folder:" + empty).open(Split.TRAIN),
        "empty: no folder 'train' in it; expected train/<class>/");
    Files.createDirectory(empty.resolve("train"));
    assertRefused(
        () -> DataSource.parse("folder:" + empty).open(Split.TRAIN),
        "train: no picture found; expected .jpg, .jpeg or .png files");
    assertRefused(
        () -> DataSource.parse("folder:" + folder.resolve("absent")).open(Split.TRAIN),
        "absent: no such folder; expected train/<class>/");
    assertRefused(
        () -> DataSource.parse("folder:" + folder.resolve("val/b/v.png")).open(Split.TRAIN),
        "v.png: is not a folder; expected train/<class>/");
  }

  @Test
  void aTextFileNamedLikeAPictureIsNamed() throws IOException {
    Files.writeString(folder.resolve("train/a/x.jpeg"), "This is text.\n");
    Dataset dataset = open(Split.TRAIN);
    assertRefused(() -> dataset.picture(0), "x.jpeg: found text; expected a JPEG or PNG picture");
  }

  @Test
  void aPictureThatHasGoneIsNamed() throws IOException {
    Dataset dataset = open(Split.TRAIN);
    Files.delete(folder.resolve("train/a/x.jpeg"));
    assertRefused(() -> dataset.picture(0), "x.jpeg: no such file");
  }

  @Test
  void readsRealPicturesOfManySizes() {
    var source = DataSource.parse("folder:" + SharedFiles.get("data/caltech10"));
    Dataset train = source.open(Split.TRAIN);
    Dataset val = source.open(Split.VAL);
    assertEquals(600, train.size());
    assertEquals(200, val.size());
    assertEquals(10, val.classes().size());
    assertEquals(train.classes(), val.classes());
    assertTrue(val.picture(199).width() > 100);
  }
}
