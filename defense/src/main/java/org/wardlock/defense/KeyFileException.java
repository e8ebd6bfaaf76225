package org.wardlock.defense;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/**
 * A key file could not be read or was refused. The message is one line that names the file, what
 * was found and what was expected; it never holds a secret or a password.
 */
public final class KeyFileException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  KeyFileException(Path file, String foundAndExpected) {
    super("key file %s: %s".formatted(file, foundAndExpected));
  }

  KeyFileException(Path file, String foundAndExpected, Throwable cause) {
    super("key file %s: %s".formatted(file, foundAndExpected), cause);
  }
}
