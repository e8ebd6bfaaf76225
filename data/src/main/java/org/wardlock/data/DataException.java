package org.wardlock.data;

import java.io.IOException;
import java.io.Serial;
import java.nio.charset.CharacterCodingException;
import java.nio.file.AccessDeniedException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
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

  /** About a file or folder that cannot be read. */
  public static DataException unreadable(Path subject, IOException failure) {
    String reason =
        switch (failure) {
          case NoSuchFileException _ -> "no such file";
          case AccessDeniedException _ -> "cannot be read: access denied";
          case NotDirectoryException _ -> "is not a folder";
          case CharacterCodingException _ -> "is not a text file in UTF-8";
          default -> "cannot be read: " + failure.getMessage();
        };
    return new DataException(subject, reason, failure);
  }

  /** About a file or folder, and what made it known. */
  public DataException(Path subject, String foundAndExpected, Throwable cause) {
    super(subject + ": " + foundAndExpected, cause);
  }
}
