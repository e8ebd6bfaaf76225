package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardlock.defense.Derivation;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyFile;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyStorage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a key file. */
@Command(
    name = "keygen",
    description = "Makes a new key and stores it under a password.",
    mixinStandardHelpOptions = true)
final class KeygenCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private PasswordOptions passwords;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE",
      description =
          "The key file to make, which must not exist; or a folder, in which it is named by its id.")
  private Path out;

  @Mixin private KeyKindOptions kind;

  @Option(
      names = "--published-seed",
      paramLabel = "N",
      description =
          "Insecure: the key that a paper's code makes of this seed, to reproduce its results; for what --published-rule names.")
  private Optional<Long> publishedSeed;

  @Option(
      names = "--published-password",
      paramLabel = "P",
      description = "The papers' ffx password (default: password); no secret.")
  private Optional<String> publishedPassword;

  @Option(
      names = "--published-rule",
      paramLabel = "ARXIV",
      description =
          "2010.00801 (default) for shuffle, negate and ffx; 2207.11939 for shuffle, negate and scramble; 2204.07707 for the chain scramble+rotate+flip+negate-block+channels.")
  private Optional<String> publishedRule;

  @Override
  public Integer call() throws IOException {
    common.requireWritableAnswer();
    if (publishedSeed.isEmpty() && (publishedPassword.isPresent() || publishedRule.isPresent())) {
      throw new InputException("--published-password and --published-rule need --published-seed");
    }
    Derivation derivation =
        publishedSeed.isPresent()
            ? Derivation.publishedIn(publishedRule.orElse("2010.00801"))
            : Derivation.SECURE;
    KeySpec keySpec = kind.parse(derivation);
    try (Key key = make(keySpec)) {
      Path file = store(key);
      PrintWriter console = spec.commandLine().getOut();
      console.println("key     " + file);
      console.println("id      " + key.id());
      KeyCommand.describe(keySpec, Optional.empty(), console);
      KeyCommand.answer(key).writeTo(common.json());
    }
    return 0;
  }

  private Path store(Key key) throws IOException {
    if (Files.isDirectory(out)) {
      return KeyStorage.in(out).add(key, passwords.read(true));
    }
    KeyFile.save(key, out, passwords.read(true));
    return out;
  }

  private Key make(KeySpec keySpec) {
    if (publishedSeed.isEmpty()) {
      return Key.generate(keySpec);
    }
    return publishedPassword
        .map(password -> Key.published(keySpec, publishedSeed.get(), password.toCharArray()))
        .orElseGet(() -> Key.published(keySpec, publishedSeed.get()));
  }
}
