package org.wardlock.defense;

import java.io.IOException;
import java.io.Serial;
import java.nio.file.Path;

/**
 * A key does not belong to a model. The message is one line that names the model, the id that was
 * found and the one that was expected; ids are no secrets.
 */
public final class WrongKeyException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  WrongKeyException(Path model, String foundAndExpected) {
    super("model %s: %s".formatted(model, foundAndExpected));
  }
}
