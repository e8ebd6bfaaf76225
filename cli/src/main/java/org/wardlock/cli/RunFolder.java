package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.wardlock.nn.model.RunConfig;

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

  /** What a command that cannot be resumed writes, and what it knows of it then. */
  @FunctionalInterface
  interface Contents<T> {
    T writeTo(Path folder) throws IOException;
  }

  /**
   * Makes a folder whole: where its contents cannot be written, what was written of them goes, and
   * so does the folder if it was not there before.
   */
  static <T> T make(Path folder, Contents<T> contents) throws IOException {
    boolean existed = Files.isDirectory(folder);
    prepare(folder, false);
    try {
      return contents.writeTo(folder);
    } catch (IOException | RuntimeException | Error e) {
      clear(folder, existed, e);
      throw e;
    }
  }

  private static void clear(Path folder, boolean keep, Throwable reason) {
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(path -> !isHidden(path)).toList()) {
        Files.delete(file);
      }
      if (!keep) {
        Files.delete(folder);
      }
    } catch (IOException e) {
      reason.addSuppressed(e); // whoever reads the reason looks into the folder
    }
  }

  /**
   * Writes what a run is into its folder, or checks that it is the run which that holds.
   *
   * @param free options that a resumed run may be given otherwise
   * @throws InputException if it is another
   */
  static void settle(Path folder, RunConfig config, boolean resume, Set<String> free)
      throws IOException {
    if (resume && Resumption.isPossible(folder)) {
      Resumption.requireSame(folder, config, free);
    } else if (isEmpty(folder)) {
      config.write(folder);
    } else {
      throw new InputException(
          "--out %s: holds no run, as it has no %s; choose another folder"
              .formatted(folder, RunConfig.FILE));
    }
  }

  /** What a killed process was about to write under a hidden name counts for nothing. */
  private static boolean isEmpty(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.allMatch(RunFolder::isHidden);
    }
  }

  private static boolean isHidden(Path file) {
    return file.getFileName().toString().startsWith(".");
  }
}
