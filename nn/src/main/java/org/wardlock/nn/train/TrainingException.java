package org.wardlock.nn.train;

import java.io.Serial;

/** Training cannot go on, for a reason that lies in the run. The message is one line. */
public final class TrainingException extends RuntimeException {
  @Serial private static final long serialVersionUID = 1L;

  TrainingException(String message) {
    super(message);
  }
}
