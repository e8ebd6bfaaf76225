package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The folder a command writes to: made if missing, refused if it holds something and nothing is to
 * be resumed.
 */
final class RunFolder {
  private RunFolder() {}

  static Path prepare(Path folder, boolean resume) throws IOException {
    if (Files.exists(folder) && !Files.isDirectory(folder)) {
      throw new InputException(
          "--out " + folder + ": a file of that name exists; expected a folder");
    }
    if (Files.isDirectory(folder) && !resume && !isEmpty(folder)) {
      throw new InputException(
          "--out " + folder + ": not empty; add --resume to go on with it, or choose another");
    }
    if (!Files.isDirectory(folder) && resume) {
      throw new InputException("--out " + folder + ": no such folder; there is nothing to resume");
    }
    Files.createDirectories(folder);
    OutputFile.probe("--out " + folder, folder);
    return folder;
  }

  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.findAny().isEmpty();
    }
  }
}
