package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Runs' folders in tests that make them look as killed processes leave them. */
final class Folders {
  private Folders() {}

  /** A folder's copy, under a name in another folder. */
  static Path copy(Path from, Path parent, String name) throws IOException {
    Path to = parent.resolve(name);
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
    return to;
  }

  /** Deletes files and whole folders, all of which must be there. */
  static void delete(Path from, String... names) throws IOException {
    for (String name : names) {
      try (Stream<Path> paths = Files.walk(from.resolve(name))) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
