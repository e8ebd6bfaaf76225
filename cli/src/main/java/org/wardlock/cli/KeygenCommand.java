package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardlock.defense.Derivation;
import org.wardlock.defense.FlattenOrder;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyFile;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyStorage;
import org.wardlock.defense.TransformKind;
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

  @Option(
      names = "--transform",
      required = true,
      paramLabel = "T[+T]",
      description =
          "shuffle, negate or ffx, of every block alike; scramble (blocks change places); shuffle-each, negate-each, rotate, flip, channels or negate-block, of each block in its own way; or a chain such as shuffle+negate.")
  private String transform;

  @Option(
      names = "--block",
      required = true,
      paramLabel = "M",
      description = "Side of the blocks in pixels.")
  private int block;

  @Option(
      names = "--flatten",
      paramLabel = "hwc|chw",
      description =
          "How the values of a block are numbered (default: hwc, or the published rule's own).")
  private Optional<String> flatten;

  @Option(
      names = "--published-seed",
      paramLabel = "N",
      description =
          "Insecure: the key that a paper's code makes of this seed, to reproduce its results; for shuffle, negate, ffx and scramble.")
  private Optional<Long> publishedSeed;

  @Option(
      names = "--published-password",
      paramLabel = "P",
      description = "The papers' ffx password (default: password); no secret.")
  private Optional<String> publishedPassword;

  @Option(
      names = "--published-rule",
      paramLabel = "ARXIV",
      description = "2010.00801 (default) or 2207.11939.")
  private Optional<String> publishedRule;

  @Override
  public Integer call() throws IOException {
    common.requireWritableAnswer();
    if (publishedSeed.isEmpty() && (publishedPassword.isPresent() || publishedRule.isPresent())) {
      throw new InputException("--published-password and --published-rule need --published-seed");
    }
    List<TransformKind> transforms = TransformKind.parseChain(transform);
    Derivation derivation =
        publishedSeed.isPresent()
            ? Derivation.publishedIn(publishedRule.orElse("2010.00801"))
            : Derivation.SECURE;
    FlattenOrder order =
        flatten.map(FlattenOrder::parse).or(derivation::flattenOrder).orElse(FlattenOrder.HWC);
    KeySpec keySpec = new KeySpec(transforms, block, order, derivation);
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
