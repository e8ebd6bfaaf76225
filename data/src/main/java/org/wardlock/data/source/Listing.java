package org.wardlock.data.source;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.wardlock.data.DataException;

/** Reads folders and small files; whatever goes wrong becomes one line that names the file. */
final class Listing {
  private Listing() {}

  /** What a folder directly holds, hidden entries aside, sorted by name. */
  static List<Path> entries(Path folder, Predicate<Path> wanted) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> !entry.getFileName().toString().startsWith("."))
          .filter(wanted)
          .sorted((a, b) -> a.getFileName().toString().compareTo(b.getFileName().toString()))
          .toList();
    } catch (IOException e) {
      throw DataException.unreadable(folder, e);
    } catch (UncheckedIOException e) {
      throw DataException.unreadable(folder, e.getCause());
    }
  }

  /** The folder itself, once it is known to be one. */
  static Path requireFolder(Path folder, String expected) {
    if (Files.isDirectory(folder)) {
      return folder;
    }
    String found = Files.exists(folder) ? "is not a folder" : "no such folder";
    throw new DataException(folder, found + "; expected " + expected);
  }

  static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw DataException.unreadable(file, e);
    }
  }
}
