package org.wardlock.defense;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * How keys are opened where they are kept: a revoked one is refused, and every attempt is written
 * down before anything is handed out.
 *
 * @param revocations keys that are to be used no more
 * @param audit where attempts are written down
 */
public record KeyCustody(Revocations revocations, KeyAudit audit) {
  /** No key is revoked; attempts go to the {@link KeyAudit#LOGGER}. */
  public static final KeyCustody STANDARD = new KeyCustody(Revocations.NONE, KeyAudit.LOGGER);

  private static final String OPENED = "opened";

  /**
   * Opens a key file.
   *
   * @param password the one it was stored under; wiped before this returns
   * @throws KeyFileException if it is no key file, or the password does not open it
   * @throws RevokedKeyException if the key is revoked
   * @throws IOException if the attempt cannot be written down
   */
  public Key open(Path file, char[] password) throws IOException {
    Key key;
    try {
      key = KeyFile.load(file, password);
    } catch (KeyFileException e) {
      audit.record(KeyAudit.Event.now(file, Optional.empty(), "refused: " + e.getMessage()));
      throw e;
    }
    try {
      revocations.requireValid(key);
      audit.record(KeyAudit.Event.now(file, Optional.of(key.id()), OPENED));
      return key;
    } catch (RevokedKeyException e) {
      key.close();
      audit.record(KeyAudit.Event.now(file, Optional.of(key.id()), "refused: " + e.getMessage()));
      throw e;
    } catch (IOException | RuntimeException e) {
      key.close();
      throw e;
    }
  }

  /**
   * Opens the key that a store has under an id.
   *
   * @param password the one it was stored under; wiped before this returns
   * @throws KeyFileException if the store has none, or the password does not open it
   * @throws RevokedKeyException if the key is revoked
   * @throws IOException if the attempt cannot be written down
   */
  public Key open(KeyStorage storage, KeyId id, char[] password) throws IOException {
    try {
      return open(storage.find(id), password);
    } finally {
      Arrays.fill(password, '\0');
    }
  }
}
