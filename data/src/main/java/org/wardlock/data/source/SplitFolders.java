package org.wardlock.data.source;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.wardlock.data.DataException;
import org.wardlock.data.Split;

/** The folders {@code train}, {@code val} and {@code test} of a data set. */
final class SplitFolders {
  private SplitFolders() {}

  /** The folder of a split; of {@code val} and {@code test}, one stands in for the other. */
  static Path of(Path root, Split split, String expected) {
    Listing.requireFolder(root, expected);
    List<Split> candidates =
        switch (split) {
          case TRAIN -> List.of(Split.TRAIN);
          case VAL -> List.of(Split.VAL, Split.TEST);
          case TEST -> List.of(Split.TEST, Split.VAL);
        };
    return candidates.stream()
        .map(candidate -> root.resolve(candidate.text()))
        .filter(Files::isDirectory)
        .findFirst()
        .orElseThrow(
            () ->
                new DataException(
                    root, "no folder '%s' in it; expected %s".formatted(split.text(), expected)));
  }

  /** The folder whose classes give the numbers: that of training, where there is one. */
  static Path numbering(Path root, Path folder) {
    Path training = root.resolve(Split.TRAIN.text());
    return Files.isDirectory(training) && !classes(training).isEmpty() ? training : folder;
  }

  /** The names of the folders in a folder, sorted: one for each class. */
  static List<String> classes(Path folder) {
    return Listing.entries(folder, Files::isDirectory).stream()
        .map(entry -> entry.getFileName().toString())
        .toList();
  }
}
