package org.wardlock.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wardlock.data.source.TestFolders.assertRefused;
import static org.wardlock.data.source.TestFolders.writePicture;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;

class DataSourceTest {

  @Test
  void namesFormatsAndPlaces() {
    assertEquals(new DataSource.Cifar10(Path.of("some/dir")), DataSource.parse("cifar10:some/dir"));
    assertEquals(new DataSource.Cifar100(Path.of("c:d")), DataSource.parse("cifar100:c:d"));
    assertEquals(new DataSource.ImageNet(Path.of("/in")), DataSource.parse("imagenet:/in"));
    assertEquals(new DataSource.Folder(Path.of("d")), DataSource.parse("folder:d"));
    assertEquals(new DataSource.Mnist(Path.of("d")), DataSource.parse("mnist:d"));
    assertEquals(new DataSource.Packed(Path.of("d")), DataSource.parse("packed:d"));
    assertEquals(new DataSource.SingleFile(Path.of("a.png")), DataSource.parse("picture:a.png"));
    assertEquals(new DataSource.Shapes(32), DataSource.parse("shapes"));
    assertEquals(new DataSource.Shapes(64), DataSource.parse("shapes:64"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "cifar", "CIFAR10:d", ":d", "/some/dir"})
  void unknownFormatsAreRefused(String text) {
    assertRefused(
        () -> DataSource.parse(text), "data '" + text + "'", "is unknown; expected cifar10:DIR");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"cifar10", "cifar10:", "imagenet", "folder:", "mnist:", "packed:", "picture:"})
  void aMissingPlaceIsRefused(String text) {
    assertRefused(() -> DataSource.parse(text), "expected a folder or file after the colon");
  }

  @Test
  void sizesOfShapesAreChecked() {
    assertRefused(() -> DataSource.parse("shapes:big"), "expected a size in pixels");
    assertRefused(
        () -> DataSource.parse("shapes:8").open(Split.TRAIN),
        "shapes:8: expected a size from 16 to 512 pixels");
    assertRefused(
        () -> DataSource.parse("shapes:100000").open(Split.TRAIN), "expected a size from 16");
  }

  @Test
  void onePictureHasNoClass(@TempDir Path folder) throws IOException {
    Path file = folder.resolve("door.png");
    writePicture(file, 20, 10);
    Dataset dataset = DataSource.parse("picture:" + file).open(Split.VAL);
    assertEquals(1, dataset.size());
    assertEquals(Dataset.UNLABELLED, dataset.label(0));
    assertEquals(List.of(), dataset.classes());
    assertEquals("door.png", dataset.name(0));
    assertEquals(20, dataset.picture(0).width());
    assertRefused(
        () -> DataSource.parse("picture:" + folder).open(Split.VAL),
        "is a folder; expected a picture file");
    assertRefused(
        () -> DataSource.parse("picture:" + folder.resolve("absent.png")).open(Split.VAL),
        "absent.png: no such file");
  }

  @Test
  void aSelectionIsApplied() {
    Dataset dataset = DataSource.parse("shapes").open(Split.VAL, Selection.limit(20, 1));
    assertEquals(20, dataset.size());
  }

  @Test
  void splitsAreNamed() {
    assertEquals(Split.TRAIN, Split.parse("train"));
    assertEquals(Split.VAL, Split.parse("val"));
    assertEquals(Split.TEST, Split.parse("test"));
    assertRefused(() -> Split.parse("dev"), "split 'dev' is unknown: expected train, val or test");
  }
}
