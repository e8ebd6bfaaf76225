package org.wardlock.defense;

import java.io.IOException;
import java.io.Serial;

/** A key is in a list of revoked ones. The message is one line that names list, id and remark. */
public final class RevokedKeyException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  RevokedKeyException(String list, KeyId id, String remark) {
    super(
        "key %s: revoked by %s%s; expected a key in use: encrypt the model afresh for a new one"
            .formatted(id, list, remark.isEmpty() ? "" : " (" + remark + ")"));
  }
}
