package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.FormatException;

/** Text files of a run. */
final class TextFile {
  private TextFile() {}

  /**
   * The lines of a file.
   *
   * @throws FormatException if it cannot be read or is no text
   */
  static List<String> lines(Path file) throws FormatException {
    try {
      return Files.readAllLines(file);
    } catch (CharacterCodingException e) {
      throw new FormatException(file, "not UTF-8, expected text", e);
    } catch (IOException e) {
      throw new FormatException(file, "cannot be read: " + DurableFiles.reason(e), e);
    }
  }
}
