package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyFile;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The key a command works with, if any. */
final class KeyOptions {
  @Option(names = "--key", paramLabel = "FILE", description = "The key file of a keyed model.")
  private Optional<Path> file;

  @Mixin private PasswordOptions passwords;

  /** Whether the user names one. */
  boolean isNamed() {
    return file.isPresent();
  }

  /** The key; the caller closes it. */
  Optional<Key> load() throws IOException {
    return file.isEmpty()
        ? Optional.empty()
        : Optional.of(KeyFile.load(file.get(), passwords.read(false)));
  }

  /** Another key, under the same password; the caller closes it. */
  Key load(Path other) throws IOException {
    return KeyFile.load(other, passwords.read(false));
  }
}
