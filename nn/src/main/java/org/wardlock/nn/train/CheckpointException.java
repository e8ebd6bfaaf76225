package org.wardlock.nn.train;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/**
 * A checkpoint cannot be gone on from, or a run that is there would be lost. The message is one
 * line that names the place, what was found and what was expected.
 */
public final class CheckpointException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  CheckpointException(Path place, String foundAndExpected) {
    super("checkpoint " + place + ": " + foundAndExpected);
  }

  CheckpointException(Path place, String foundAndExpected, Throwable cause) {
    super("checkpoint " + place + ": " + foundAndExpected, cause);
  }
}
