package org.wardlock.data;

import java.io.Serial;
import java.nio.file.Path;

/**
 * Pictures, labels or the folders that hold them are not as they must be. The message is one line
 * that names the file or folder, what was found, what was expected and, where it is not obvious,
 * what to do.
 */
public final class DataException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  /** With a whole message. */
  public DataException(String message) {
    super(message);
  }

  /** About a file or folder. */
  public DataException(Path subject, String foundAndExpected) {
    this(subject, foundAndExpected, null);
  }

  /** About a file or folder, and what made it known. */
  public DataException(Path subject, String foundAndExpected, Throwable cause) {
    super(subject + ": " + foundAndExpected, cause);
  }
}
