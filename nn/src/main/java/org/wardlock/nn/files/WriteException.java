package org.wardlock.nn.files;

import java.io.IOException;
import java.io.Serial;

/**
 * A file could not be written: the disk is full, gone or closed to us, which says nothing against
 * what was to be written. The message is one line that names the file.
 */
public final class WriteException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  /** Why, without the file's name. */
  private final String reason;

  /**
   * A failure of the file system, or one of these for a part of the file.
   *
   * @param what the file, as the user knows it
   */
  public WriteException(String what, IOException cause) {
    this(what, DurableFiles.reason(cause), "", cause);
  }

  /**
   * As {@link #WriteException(String, IOException)}, with what became of the old content.
   *
   * @param consequence such as "what was saved before stays"
   */
  public WriteException(String what, String consequence, IOException cause) {
    this(what, DurableFiles.reason(cause), "; " + consequence, cause);
  }

  private WriteException(String what, String reason, String consequence, IOException cause) {
    super(what + ": cannot be written: " + reason + consequence, cause);
    this.reason = reason;
  }

  String reason() {
    return reason;
  }
}
