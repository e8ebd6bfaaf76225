package org.wardlock.data.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import org.wardlock.data.DataException;
import org.wardlock.data.Dataset;
import org.wardlock.data.Split;

/**
 * CIFAR-10 and CIFAR-100 in the official binary files (Krizhevsky 2009): records of a label, in
 * CIFAR-100 before it a coarse one that is passed over, and three planes of 32 x 32. There is no
 * validation part: {@code val} and {@code test} both give the test file.
 */
enum CifarFiles {
  /**
   * Training pictures lie in five files, or in the first one alone. They may hold any number of
   * records, but all the same.
   */
  CIFAR10(
      1,
      10,
      10_000,
      "batches.meta.txt",
      List.of(
          "data_batch_1.bin",
          "data_batch_2.bin",
          "data_batch_3.bin",
          "data_batch_4.bin",
          "data_batch_5.bin"),
      "test_batch.bin"),
  /** The fine labels. */
  CIFAR100(2, 100, 50_000, "fine_label_names.txt", List.of("train.bin"), "test.bin");

  private static final int PIXELS = 3 * 32 * 32;

  private final int labelBytes;
  private final int classCount;
  private final int officialRecords;
  private final String namesFile;
  private final List<String> trainFiles;
  private final String testFile;

  CifarFiles(
      int labelBytes,
      int classCount,
      int officialRecords,
      String namesFile,
      List<String> trainFiles,
      String testFile) {
    this.labelBytes = labelBytes;
    this.classCount = classCount;
    this.officialRecords = officialRecords;
    this.namesFile = namesFile;
    this.trainFiles = trainFiles;
    this.testFile = testFile;
  }

  /** Reads one part of the data set in a folder. */
  Dataset open(Path folder, Split split) {
    Listing.requireFolder(
        folder,
        "a folder with " + trainFiles.getFirst() + " and " + testFile + " (the binary version)");
    List<Path> paths =
        switch (split) {
          case TRAIN -> trainingFiles(folder);
          case VAL, TEST -> List.of(folder.resolve(testFile));
        };
    var files = new ArrayList<RecordFile>();
    for (Path path : paths) {
      RecordFile file = read(path);
      requireSameSize(files, file);
      files.add(file);
    }
    return new RecordDataset(files, labelBytes, classes(folder));
  }

  private RecordFile read(Path path) {
    int records = this == CIFAR100 && path.endsWith(testFile) ? 10_000 : officialRecords;
    RecordFile file = RecordFile.read(path, labelBytes + PIXELS, records);
    for (int record = 0; record < file.records(); record++) {
      int label = file.unsignedByte(record, labelBytes - 1);
      if (label >= classCount) {
        throw new DataException(
            path,
            "record %d has label %d; expected 0 to %d: not a file of %s, or damaged"
                .formatted(record, label, classCount - 1, name().toLowerCase(Locale.ROOT)));
      }
    }
    return file;
  }

  private static void requireSameSize(List<RecordFile> before, RecordFile file) {
    if (!before.isEmpty() && before.getFirst().content().length != file.content().length) {
      throw new DataException(
          file.path(),
          "%d bytes found; expected %d as in %s: truncated or oversized, fetch it again"
              .formatted(
                  file.content().length,
                  before.getFirst().content().length,
                  before.getFirst().path().getFileName()));
    }
  }

  /** One training file may stand alone (a pool of pictures); of several, none may be missing. */
  private List<Path> trainingFiles(Path folder) {
    List<Path> all = trainFiles.stream().map(folder::resolve).toList();
    boolean alone = all.stream().skip(1).noneMatch(Files::exists);
    return alone ? all.subList(0, 1) : all;
  }

  private List<String> classes(Path folder) {
    Path file = folder.resolve(namesFile);
    if (!Files.exists(file)) {
      return IntStream.range(0, classCount).mapToObj(Integer::toString).toList();
    }
    List<String> names =
        Listing.lines(file).stream().map(String::strip).filter(line -> !line.isEmpty()).toList();
    if (names.size() != classCount) {
      throw new DataException(
          file, "%d class names found; expected %d".formatted(names.size(), classCount));
    }
    return names;
  }
}
