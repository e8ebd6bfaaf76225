package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.WriteException;

/**
 * A file that an option names for a command to write at its end. That it cannot be written is found
 * at the start, not after hours of work; a reader sees the old content or the new one, never half
 * of it.
 */
final class OutputFile {
  private static final int PROBE_BYTES = 1 << 16;

  private OutputFile() {}

  /** Refuses a file that could not be written now; one that exists stays as it is. */
  static void requireWritable(String option, Path file) {
    if (Files.isDirectory(file)) {
      throw new InputException(option + " " + file + ": is a folder; expected the name of a file");
    }
    if (isSpecial(file)) {
      return;
    }
    Path folder = file.toAbsolutePath().getParent();
    if (!Files.isDirectory(folder)) {
      throw new InputException(
          option + " " + file + ": there is no folder " + folder + "; make it or choose another");
    }
    probe(option + " " + file, folder);
  }

  /**
   * Refuses a folder in which no file can be made: read-only, or on a full disk.
   *
   * @param asked the option with its value, for the message
   */
  static void probe(String asked, Path folder) {
    try {
      Path file = Files.createTempFile(folder, ".probe", "");
      try {
        Files.write(file, new byte[PROBE_BYTES]);
      } finally {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new InputException(
          "%s: cannot be written to (%s); free space or choose another"
              .formatted(asked, DurableFiles.reason(e)));
    }
  }

  /** Writes or replaces the file, whole or not at all. */
  static void write(Path file, String text) throws IOException {
    try {
      if (isSpecial(file)) {
        Files.writeString(file, text);
      } else {
        // a link stays a link
        DurableFiles.replace(Files.exists(file) ? file.toRealPath() : file, text);
      }
    } catch (IOException e) {
      // what a full disk throws does not say which file it was
      throw new WriteException(file.toString(), e);
    }
  }

  /** A pipe or a device such as /dev/stdout, to be written to and not replaced. */
  private static boolean isSpecial(Path file) {
    return Files.exists(file) && !Files.isRegularFile(file);
  }
}
