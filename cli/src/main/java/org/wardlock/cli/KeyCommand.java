package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardlock.defense.Derivation;
import org.wardlock.defense.EnsembleFolder;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyId;
import org.wardlock.defense.KeySize;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.ModelFolder;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says what a key is for, and whether a model was made for it. Never shows the secret. */
@Command(
    name = "key",
    description =
        "Shows what a key is for, checks whether it fits a model, lists and revokes keys.",
    mixinStandardHelpOptions = true,
    subcommands = {
      KeyCommand.Show.class,
      KeyCommand.Check.class,
      KeyListCommand.class,
      KeyRevokeCommand.class
    })
final class KeyCommand implements Runnable {
  /** Pictures are read in red, green and blue. */
  private static final int CHANNELS = 3;

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "show, check, list or revoke is missing");
  }

  static void describe(KeySpec keySpec, Optional<Integer> imageSize, PrintWriter out) {
    out.println(
        "for     "
            + keySpec.transformText()
            + ", blocks of "
            + keySpec.block()
            + " x "
            + keySpec.block()
            + " pixels, flattened "
            + keySpec.flattenOrder().text());
    out.println(
        "made by "
            + keySpec.derivation().text()
            + (keySpec.derivation() == Derivation.SECURE
                ? ""
                : " (INSECURE: found from its seed in minutes)"));
    out.println("size    " + sizeText(keySpec, imageSize));
  }

  private static String sizeText(KeySpec keySpec, Optional<Integer> imageSize) {
    return size(keySpec, imageSize)
        .map(
            bits ->
                String.format(
                    Locale.ROOT,
                    "%.1f bits of tables, all from a secret of %.0f bits",
                    bits.tables(),
                    bits.secret()))
        .orElse("grows with the pictures: key show --image-size N says how many bits");
  }

  /** Known for any picture where blocks are treated alike, else for pictures of a known size. */
  private static Optional<KeySize> size(KeySpec keySpec, Optional<Integer> imageSize) {
    Optional<Integer> known =
        keySpec.isPositional() ? imageSize : Optional.of(imageSize.orElse(keySpec.block()));
    return known.map(side -> KeySize.of(keySpec, CHANNELS, side, side));
  }

  /** With the bits of a key for pictures of a size, or null where they depend on one not given. */
  static Answer answer(Key key, Optional<Integer> imageSize) {
    Optional<KeySize> size = size(key.spec(), imageSize);
    return answer(key)
        .put("table_bits", size.map(KeySize::tables).orElse(null))
        .put("secret_bits", size.map(KeySize::secret).orElse(null));
  }

  static Answer answer(Key key) {
    return new Answer()
        .put("key_id", key.id().text())
        .put("transform", key.spec().transformText())
        .put("block", key.spec().block())
        .put("flatten", key.spec().flattenOrder().text())
        .put("derivation", key.spec().derivation().text());
  }

  /** What a key is for. */
  @Command(name = "show", description = "Shows what a key is for.", mixinStandardHelpOptions = true)
  static final class Show implements Callable<Integer> {
    @Spec private CommandSpec spec;
    @Mixin private CommonOptions common;
    @Mixin private PasswordOptions passwords;
    @Mixin private CustodyOptions custody;

    @Parameters(paramLabel = "FILE", description = "A key file.")
    private Path file;

    @Option(
        names = "--image-size",
        paramLabel = "N",
        description = "Says how large the key is for pictures of N x N pixels.")
    private Optional<Integer> imageSize;

    @Override
    public Integer call() throws IOException {
      common.requireWritableAnswer();
      try (Key key = custody.open(file, passwords.read(false))) {
        PrintWriter out = spec.commandLine().getOut();
        out.println("id      " + key.id());
        describe(key.spec(), imageSize, out);
        answer(key, imageSize).writeTo(common.json());
      }
      return 0;
    }
  }

  /** Whether a key fits a model. */
  @Command(
      name = "check",
      description = "Says whether a model was made for this key, and whether the key is revoked.",
      mixinStandardHelpOptions = true)
  static final class Check implements Callable<Integer> {
    private static final String COMMAND = "key check";

    @Spec private CommandSpec spec;
    @Mixin private CommonOptions common;
    @Mixin private PasswordOptions passwords;
    @Mixin private CustodyOptions custody;

    @Parameters(
        paramLabel = "FILE",
        description =
            "A key file, or a folder of them among which the model's, or those of an ensemble's members, are found by their ids.")
    private Path file;

    @Option(
        names = "--model",
        required = true,
        paramLabel = "DIR",
        description = "A run folder, an adapter or an ensemble.")
    private Path model;

    @Override
    public Integer call() throws IOException {
      common.requireWritableAnswer();
      if (!EnsembleFolder.isIn(model)) {
        checkOne(
            Adapter.isAloneIn(model) ? Adapter.open(model).asModel() : ModelFolder.open(model));
      } else if (Files.isDirectory(file)) {
        checkAll(EnsembleFolder.open(model));
      } else {
        checkMember(EnsembleFolder.open(model));
      }
      return 0;
    }

    private void checkOne(ModelFolder folder) throws IOException {
      try (Key key = custody.open(COMMAND, file, folder.config()::keyId, passwords.read(false))) {
        KeyedClassifier.requireFit(folder, key);
        sayFits(key, model.toString());
        answer(key).writeTo(common.json());
      }
    }

    private void checkAll(EnsembleFolder ensemble) throws IOException {
      List<Key> keys = custody.openAll(COMMAND, file, ensemble, passwords.read(false));
      try {
        for (int member = 0; member < keys.size(); member++) {
          KeyedClassifier.requireFit(ensemble.asModel(member), keys.get(member));
          sayFits(keys.get(member), "member %d of %s".formatted(member, model));
        }
        List<String> ids = keys.stream().map(key -> key.id().text()).toList();
        new Answer().put("members", ids).writeTo(common.json());
      } finally {
        keys.forEach(Key::close);
      }
    }

    private void checkMember(EnsembleFolder ensemble) throws IOException {
      try (Key key = custody.open(file, passwords.read(false))) {
        for (int member = 0; member < ensemble.keyIds().size(); member++) {
          if (key.matches(KeyId.parse(ensemble.keyIds().get(member)))) {
            sayFits(key, "member %d of %s".formatted(member, model));
            answer(key).put("member", member).writeTo(common.json());
            return;
          }
        }
        throw new InputException(
            "--model %s: found key %s for an ensemble; expected a member's key: %s"
                .formatted(model, key.id(), String.join(", ", ensemble.keyIds())));
      }
    }

    private void sayFits(Key key, String what) {
      spec.commandLine().getOut().println("key " + key.id() + " fits " + what);
    }
  }
}
