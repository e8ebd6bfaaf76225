package org.wardlock.data.source;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.wardlock.data.source.TestFolders.assertRefused;
import static org.wardlock.data.source.TestFolders.writePicture;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.data.Dataset;
import org.wardlock.data.SharedFiles;
import org.wardlock.data.Split;

class ImageNetFoldersTest {
  private static final String GOLDFISH = "n01443537";
  private static final String TENCH = "n01440764";

  @TempDir Path folder;

  private Dataset open(Split split) {
    return DataSource.parse("imagenet:" + folder).open(split);
  }

  private static int[] labels(Dataset dataset) {
    return IntStream.range(0, dataset.size()).map(dataset::label).toArray();
  }

  private void assertLabels(int... expected) {
    assertEquals(
        IntStream.of(expected).boxed().toList(),
        IntStream.of(labels(open(Split.VAL))).boxed().toList());
  }

  private void writeFolders() throws IOException {
    writePicture(folder.resolve("val/" + GOLDFISH + "/a.png"), 8, 8);
    writePicture(folder.resolve("val/" + TENCH + "/b.png"), 8, 8);
  }

  private void writeFlat() throws IOException {
    for (int number = 1; number <= 3; number++) {
      writePicture(folder.resolve("val/ILSVRC2012_val_0000000%d.JPEG".formatted(number)), 8, 8);
    }
  }

  @Test
  void idsAreNumberedInTheirOrder() throws IOException {
    writeFolders();
    assertEquals(List.of(TENCH, GOLDFISH), open(Split.VAL).classes());
    assertLabels(0, 1);
    assertEquals("val/" + TENCH + "/b.png", open(Split.VAL).name(0));
    assertEquals(open(Split.VAL).identity(), open(Split.TEST).identity());
  }

  @Test
  void aListNumbersThemOtherwise() throws IOException {
    writeFolders();
    Files.writeString(folder.resolve("synsets.txt"), "n00000001\n" + GOLDFISH + "\n" + TENCH);
    assertLabels(2, 1);
    assertEquals(3, open(Split.VAL).classes().size());
  }

  @Test
  void aMappingGivesNames() throws IOException {
    writeFolders();
    Files.writeString(
        folder.resolve("LOC_synset_mapping.txt"),
        TENCH + " tench, Tinca tinca\n" + GOLDFISH + " goldfish, Carassius auratus\n");
    assertEquals(TENCH + " tench, Tinca tinca", open(Split.VAL).classes().getFirst());
    assertLabels(0, 1);
  }

  @Test
  void trainingFoldersNumberTheValidationPart() throws IOException {
    writeFolders();
    writePicture(folder.resolve("train/n00000001/a.png"), 8, 8);
    writePicture(folder.resolve("train/" + GOLDFISH + "/a.png"), 8, 8);
    writePicture(folder.resolve("train/" + TENCH + "/a.png"), 8, 8);
    assertLabels(1, 2);
  }

  @Test
  void unsoundListsAreRefused() throws IOException {
    writeFolders();
    Path list = folder.resolve("synsets.txt");
    Files.writeString(list, TENCH);
    assertRefused(() -> open(Split.VAL), GOLDFISH + "' is none of the 1 classes of", "synsets.txt");
    Files.writeString(list, TENCH + "\n" + TENCH);
    assertRefused(() -> open(Split.VAL), "synsets.txt: class id " + TENCH + " is listed twice");
    Files.writeString(list, "tench");
    assertRefused(() -> open(Split.VAL), "synsets.txt: 'tench' found; expected a class id");
  }

  @Test
  void aFolderThatIsNoIdIsRefused() throws IOException {
    writeFolders();
    writePicture(folder.resolve("val/fish/a.png"), 8, 8);
    assertRefused(() -> open(Split.VAL), "'fish' found; expected a class id such as n01440764");
  }

  @Test
  void kaggleSolutionLabelsAFlatFolder() throws IOException {
    writeFlat();
    Files.writeString(
        folder.resolve("LOC_val_solution.csv"),
        """
        ImageId,PredictionString
        ILSVRC2012_val_00000002,n01440764 85 1 499 272
        ILSVRC2012_val_00000001,n01443537 1 2 3 4 n01443537 5 6 7 8
        ILSVRC2012_val_00000003,n01443537 1 2 3 4
        """);
    assertLabels(1, 0, 1);
    assertEquals("val/ILSVRC2012_val_00000001.JPEG", open(Split.VAL).name(0));
  }

  @Test
  void developmentKitLabelsAFlatFolder() throws IOException {
    writeFlat();
    Path kit = Files.createDirectories(folder.resolve("ILSVRC2012_devkit_t12/data"));
    Files.writeString(kit.resolve("ILSVRC2012_validation_ground_truth.txt"), "2\n1\n2\n");
    Files.write(
        kit.resolve("meta.mat"), MatWriter.synsets(Map.of(1, GOLDFISH, 2, TENCH, 3, "n00000001")));
    // the kit's numbers are not the classes': tench is its 2 and our 0
    assertLabels(0, 1, 0);
  }

  @Test
  void aGroundTruthWithoutItsMeaningIsRefused() throws IOException {
    writeFlat();
    Files.writeString(folder.resolve("ILSVRC2012_validation_ground_truth.txt"), "2\n1\n2\n");
    assertRefused(() -> open(Split.VAL), "meta.mat: no such file", "ground_truth.txt mean nothing");
    Files.writeString(folder.resolve("meta.mat"), "no MATLAB file");
    assertRefused(() -> open(Split.VAL), "meta.mat: cannot be read", "not a MATLAB 5 file");
    Files.write(folder.resolve("meta.mat"), MatWriter.synsets(Map.of(1, GOLDFISH)));
    assertRefused(() -> open(Split.VAL), "ground_truth.txt: line 1: '2' found; expected a number");
  }

  @Test
  void aFlatFolderWithoutLabelsIsRefused() throws IOException {
    writeFlat();
    assertRefused(() -> open(Split.VAL), "val: pictures but no label file; expected LOC_val_");
  }

  @Test
  void aPictureWithoutLabelIsRefused() throws IOException {
    writeFlat();
    Path solution = folder.resolve("LOC_val_solution.csv");
    Files.writeString(
        solution, "ImageId,PredictionString\nILSVRC2012_val_00000002,n01440764 8 1 4 2\n");
    assertRefused(() -> open(Split.VAL), "ILSVRC2012_val_00000001.JPEG: has no label in");
    Files.writeString(solution, "ImageId,PredictionString\nsomething else\n");
    assertRefused(() -> open(Split.VAL), "csv: line 2: 'something else' found; expected");
  }

  @Test
  void emptyFoldersAreRefused() throws IOException {
    Files.createDirectories(folder.resolve("val"));
    Files.createDirectories(folder.resolve("train"));
    assertRefused(() -> open(Split.VAL), "val: no picture found; expected");
    assertRefused(() -> open(Split.TRAIN), "train: no picture found; expected");
  }

  @Test
  void readsARealSample() {
    var source = DataSource.parse("imagenet:" + SharedFiles.get("data/imagenet-sample"));
    Dataset dataset = source.open(Split.VAL);
    assertEquals(1000, dataset.size());
    for (int i = 0; i < dataset.size(); i++) {
      assertEquals(i, dataset.label(i));
    }
    assertEquals("n01440764 tench, Tinca tinca", dataset.classes().getFirst());
    assertEquals(341, dataset.picture(0).width());
    assertRefused(() -> source.open(Split.TRAIN), "no folder 'train' in it");
  }
}
