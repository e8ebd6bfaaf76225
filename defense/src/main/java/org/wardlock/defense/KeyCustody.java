package org.wardlock.defense;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.wardlock.nn.files.FormatException;

/**
 * How keys are opened where they are kept: a revoked one is refused, and every attempt is written
 * down before anything is handed out.
 *
 * @param revocations keys that are to be used no more
 * @param audit where attempts are written down
 * @param replacing whether a revoked key is opened, too, and that it is revoked is written down
 */
public record KeyCustody(Revocations revocations, KeyAudit audit, boolean replacing) {
  /** No key is revoked; attempts go to the {@link KeyAudit#LOGGER}. */
  public static final KeyCustody STANDARD = new KeyCustody(Revocations.NONE, KeyAudit.LOGGER);

  private static final String OPENED = "opened";

  /** Custody of keys that are to be used: revoked ones are refused. */
  public KeyCustody(Revocations revocations, KeyAudit audit) {
    this(revocations, audit, false);
  }

  /**
   * The same for keys from which a model is taken away: that one is revoked is a reason to, and no
   * obstacle.
   */
  public KeyCustody toReplaceKeys() {
    return new KeyCustody(revocations, audit, true);
  }

  /**
   * Opens a key file.
   *
   * @param password the one it was stored under; wiped before this returns
   * @throws KeyFileException if it is no key file, or the password does not open it
   * @throws RevokedKeyException if the key is revoked and not to be replaced
   * @throws FormatException if the list of revoked keys cannot be read
   * @throws IOException if the attempt cannot be written down
   */
  public Key open(Path file, char[] password) throws IOException {
    Key key;
    try {
      key = KeyFile.load(file, password);
    } catch (KeyFileException e) {
      throw refused(file, Optional.empty(), e);
    }
    try {
      write(file, Optional.of(key.id()), outcome(key));
      return key;
    } catch (RevokedKeyException | FormatException e) {
      key.close();
      throw refused(file, Optional.of(key.id()), e);
    } catch (IOException | RuntimeException e) {
      key.close();
      throw e;
    }
  }

  /** What is written down of a key that is handed out. */
  private String outcome(Key key) throws RevokedKeyException, FormatException {
    try {
      revocations.requireValid(key);
      return OPENED;
    } catch (RevokedKeyException e) {
      if (replacing) {
        return "%s to be replaced; %s".formatted(OPENED, e.getMessage());
      }
      throw e;
    }
  }

  /**
   * Opens the key that a store has under an id.
   *
   * @param password the one it was stored under; wiped before this returns
   * @throws KeyFileException if the store has none, or the password does not open it
   * @throws RevokedKeyException if the key is revoked and not to be replaced
   * @throws FormatException if the list of revoked keys cannot be read
   * @throws IOException if the attempt cannot be written down
   */
  public Key open(KeyStorage storage, KeyId id, char[] password) throws IOException {
    try {
      return open(find(storage, id), password);
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private Path find(KeyStorage storage, KeyId id) throws IOException {
    try {
      return storage.find(id);
    } catch (KeyFileException e) {
      throw refused(storage.file(id), Optional.of(id), e);
    }
  }

  /** Writes down why no key is handed out, which is then to be thrown. */
  private <E extends IOException> E refused(Path file, Optional<KeyId> id, E reason)
      throws IOException {
    write(file, id, "refused: " + reason.getMessage());
    return reason;
  }

  private void write(Path file, Optional<KeyId> id, String outcome) throws IOException {
    audit.record(KeyAudit.Event.now(file, id, outcome));
  }
}
