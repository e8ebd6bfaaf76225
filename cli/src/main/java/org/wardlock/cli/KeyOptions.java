package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.wardlock.defense.EnsembleFolder;
import org.wardlock.defense.Key;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The key a command works with, if any. */
final class KeyOptions {
  @Option(
      names = "--key",
      paramLabel = "FILE",
      description =
          "The key file of a keyed model, or a folder of key files among which the model's, or those of an ensemble's members, are found by their ids.")
  private Optional<Path> file;

  @Mixin private PasswordOptions passwords;
  @Mixin private CustodyOptions custody;

  /** Whether the user names one. */
  boolean isNamed() {
    return file.isPresent();
  }

  /** The key, from a file; the caller closes it. */
  Optional<Key> load() throws IOException {
    return load(Optional::empty);
  }

  /**
   * The key; the caller closes it.
   *
   * @param keyId which one the model wants, asked for where a folder of keys is named
   */
  Optional<Key> load(Supplier<Optional<String>> keyId) throws IOException {
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(custody.open("--key", file.get(), keyId, passwords.read(false)));
  }

  /** The keys of an ensemble's members, from a folder; the caller closes them. */
  List<Key> loadAll(EnsembleFolder ensemble) throws IOException {
    Path folder =
        file.filter(Files::isDirectory)
            .orElseThrow(
                () ->
                    new InputException(
                        "--model %s: an ensemble, whose %s members have a key each; expected --key DIR with their key files"
                            .formatted(ensemble.folder(), ensemble.keyIds().size())));
    return custody.openAll("--key", folder, ensemble, passwords.read(false));
  }

  /** Another key, under the same password; the caller closes it. */
  Key load(Path other) throws IOException {
    return custody.open(other, passwords.read(false));
  }
}
