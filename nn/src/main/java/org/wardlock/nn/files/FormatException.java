package org.wardlock.nn.files;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/**
 * A file of ours is not as it must be. The message is one line that names the file, what was found
 * and what was expected.
 */
public final class FormatException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** A problem with a file. */
  public FormatException(Path file, String foundAndExpected) {
    super(file + ": " + foundAndExpected);
  }

  /** A problem with a file, and what made it known. */
  public FormatException(Path file, String foundAndExpected, Throwable cause) {
    super(file + ": " + foundAndExpected, cause);
  }
}
