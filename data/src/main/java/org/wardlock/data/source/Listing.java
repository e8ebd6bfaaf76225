package org.wardlock.data.source;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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
      throw new DataException(folder, reason(e), e);
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
      throw new DataException(file, reason(e), e);
    }
  }

  /** Why a file could not be read, in words. */
  static String reason(IOException failure) {
    return switch (failure) {
      case NoSuchFileException _ -> "no such file";
      case AccessDeniedException _ -> "cannot be read: access denied";
      case NotDirectoryException _ -> "is not a folder";
      case CharacterCodingException _ -> "is not a text file in UTF-8";
      default -> "cannot be read: " + failure;
    };
  }
}
