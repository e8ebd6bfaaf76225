package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.wardlock.defense.EnsembleFolder;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyAudit;
import org.wardlock.defense.KeyCustody;
import org.wardlock.defense.KeyId;
import org.wardlock.defense.KeyStorage;
import org.wardlock.defense.Revocations;
import picocli.CommandLine.Option;

/** How key files are opened: which keys are refused, and where it is written down. */
final class CustodyOptions {
  @Option(
      names = "--revoked",
      paramLabel = "FILE",
      description = "Keys whose ids this file lists, one a line, are refused.")
  private Optional<Path> revoked;

  @Option(
      names = "--audit",
      paramLabel = "FILE",
      description = "Adds a line to this file whenever a key file is opened: who, when, which key.")
  private Optional<Path> audit;

  /** Opens a key file; the caller closes the key. */
  Key open(Path file, char[] password) throws IOException {
    return custody().open(file, password);
  }

  /**
   * Opens a key file, or the key that a folder of such files has for a model.
   *
   * @param option that names it, for messages
   * @param keyId of the model, asked for where a folder is named
   */
  Key open(String option, Path fileOrFolder, Supplier<Optional<String>> keyId, char[] password)
      throws IOException {
    return open(custody(), option, fileOrFolder, keyId, password);
  }

  /** Opens in the same way a key that a model is taken away from; that it is revoked is noted. */
  Key openToReplace(
      String option, Path fileOrFolder, Supplier<Optional<String>> keyId, char[] password)
      throws IOException {
    return open(custody().toReplaceKeys(), option, fileOrFolder, keyId, password);
  }

  private static Key open(
      KeyCustody custody,
      String option,
      Path fileOrFolder,
      Supplier<Optional<String>> keyId,
      char[] password)
      throws IOException {
    if (!Files.isDirectory(fileOrFolder)) {
      return custody.open(fileOrFolder, password);
    }
    String wanted =
        keyId
            .get()
            .orElseThrow(
                () ->
                    new InputException(
                        "%s %s: is a folder, and the model names no key to look for in it; expected a key file"
                            .formatted(option, fileOrFolder)));
    KeyId id;
    try {
      id = KeyId.parse(wanted);
    } catch (IllegalArgumentException e) {
      Arrays.fill(password, '\0');
      throw new InputException(
          "%s %s: the model names the key '%s' (%s); expected the id of a key"
              .formatted(option, fileOrFolder, wanted, e.getMessage()));
    }
    return custody.open(KeyStorage.in(fileOrFolder), id, password);
  }

  /**
   * Opens the keys that a folder of key files has for the members of an ensemble, in order; the
   * caller closes them.
   *
   * @param option that names the folder, for messages
   * @param password of all of them; wiped before this returns
   */
  List<Key> openAll(String option, Path folder, EnsembleFolder ensemble, char[] password)
      throws IOException {
    var keys = new ArrayList<Key>();
    try {
      for (String id : ensemble.keyIds()) {
        keys.add(open(option, folder, () -> Optional.of(id), password.clone()));
      }
      return keys;
    } catch (IOException | RuntimeException e) {
      keys.forEach(Key::close);
      throw e;
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  private KeyCustody custody() {
    return new KeyCustody(
        revoked.map(Revocations::in).orElse(Revocations.NONE),
        audit.<KeyAudit>map(KeyAudit::file).orElse(KeyAudit.LOGGER));
  }
}
