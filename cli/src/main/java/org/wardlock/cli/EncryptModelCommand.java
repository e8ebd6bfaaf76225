package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.defense.ModelEncryption;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.StoredModel;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes the keyed twin of a plain model, or makes it afresh for another key. */
@Command(
    name = "encrypt-model",
    description =
        "Turns a plain ViT or ConvMixer into its keyed twin, without training; an adapter into another adapter.",
    mixinStandardHelpOptions = true)
final class EncryptModelCommand implements Callable<Integer> {
  /** What rounding alone does not exceed where weights and statistics are of a usual size. */
  private static final double LARGE_DIFFERENCE = 1e-4;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private PasswordOptions passwords;
  @Mixin private CustodyOptions custody;

  @Option(
      names = "--key",
      required = true,
      paramLabel = "FILE",
      description = "The key file of the twin; its block must divide the model's patch.")
  private Path key;

  @Option(
      names = "--from",
      paramLabel = "FILE",
      description =
          "--model is a twin already, of this key, or trained behind it: it is encrypted afresh for --key. May be a folder of key files, and the key a revoked one.")
  private Optional<Path> from;

  @Option(
      names = "--from-password-file",
      paramLabel = "FILE",
      description = "The password of --from is this file's first line (default: that of --key).")
  private Optional<Path> fromPassword;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where the twin goes: a folder that is not there yet, or empty.")
  private Path out;

  @Override
  public Integer call() throws IOException {
    Device device = common.prepareDevice();
    try (StoredModel stored = model.open();
        Key after = custody.open(key, passwords.read(false));
        Scope _ = Scope.open("encrypt-model")) {
      Architecture architecture = stored.config().architecture();
      if (from.isEmpty()) {
        requirePlain(stored.config());
        var plain = new Plain(architecture, stored.weights(), Set.of());
        encrypt(stored, plain, Optional.empty(), after, device);
        return 0;
      }
      try (Key before =
          custody.openToReplace("--from", from.get(), stored.config()::keyId, fromPasswords())) {
        KeyedClassifier.requireFit(new ModelFolder(stored.place(), stored.config()), before);
        ModelEncryption old = ModelEncryption.of(architecture, before);
        Weights weights = old.decrypt(old.folded(stored.weights()));
        var plain = new Plain(old.twin(), weights, old.changed());
        encrypt(stored, plain, Optional.of(before), after, device);
      }
    }
    return 0;
  }

  private char[] fromPasswords() throws IOException {
    return fromPassword.isPresent()
        ? PasswordOptions.firstLine("--from-password-file", fromPassword.get())
        : passwords.read(false);
  }

  private void requirePlain(ModelConfig config) {
    if (config.keyId().isPresent()) {
      throw new InputException(
          "--model: made for key %s already; expected a plain model, or that key by --from"
              .formatted(config.keyId().get()));
    }
    if (fromPassword.isPresent()) {
      throw new InputException("--from-password-file needs --from");
    }
  }

  /**
   * A model without a key.
   *
   * @param architecture of the weights, with the statistics that they want
   * @param changed the names of the tensors in which they differ from those that were given
   */
  private record Plain(Architecture architecture, Weights weights, Set<String> changed) {}

  /** Writes the twin, and says how near it is. */
  private void encrypt(
      StoredModel stored, Plain plain, Optional<Key> before, Key after, Device device)
      throws IOException {
    long start = System.nanoTime();
    ModelEncryption encryption = ModelEncryption.of(plain.architecture(), after);
    Weights twin = encryption.encrypt(plain.weights());
    double seconds = (System.nanoTime() - start) / 1e9;
    String id = after.id().text();
    var config = new ModelConfig(encryption.twin(), stored.config().classNames(), Optional.of(id));
    Set<String> changed = new LinkedHashSet<>(encryption.changed());
    changed.addAll(plain.changed());
    double difference =
        RunFolder.make(
            out,
            folder -> {
              write(folder, twin, changed, config);
              RunConfigs.of(spec, common, "encrypt-model", device)
                  .withModel(config)
                  .build()
                  .write(folder);
              return largestDifference(stored, before, after, device);
            });
    report(id, difference, seconds);
  }

  /** The whole model, or of an adapter another one to the same weights. */
  private void write(Path folder, Weights twin, Set<String> changed, ModelConfig config)
      throws IOException {
    Optional<Adapter> adapter = model.adapter();
    if (adapter.isEmpty()) {
      Safetensors.write(
          folder.resolve(ModelFolder.WEIGHTS), tensors(twin, twin.names()), config.metadata());
      return;
    }
    try (Safetensors before = Safetensors.open(adapter.get().folder().resolve(Adapter.TENSORS))) {
      Map<String, Tensor> tensors = tensors(before, before.names());
      for (String name : changed) {
        tensors.put(name, twin.tensor(name, Device.CPU).cast(DType.F32));
      }
      new Adapter(folder, adapter.get().base(), config, adapter.get().lora()).write(tensors);
    }
  }

  private static Map<String, Tensor> tensors(Weights weights, Set<String> names)
      throws IOException {
    var tensors = new LinkedHashMap<String, Tensor>();
    for (String name : names) {
      tensors.put(name, weights.tensor(name, Device.CPU));
    }
    return tensors;
  }

  /** Between the model as it was given, behind its key if it had one, and the twin as stored. */
  private double largestDifference(
      StoredModel stored, Optional<Key> before, Key after, Device device) throws IOException {
    Architecture architecture = stored.config().architecture();
    try (ImageClassifier given = stored.classifier(device);
        KeyedClassifier twin = load(after, device)) {
      if (before.isEmpty()) {
        return ProbePictures.largestDifference(given, twin, architecture, common.seed());
      }
      try (KeyedClassifier keyed = KeyedClassifier.of(given, before.get())) {
        return ProbePictures.largestDifference(keyed, twin, architecture, common.seed());
      }
    }
  }

  private KeyedClassifier load(Key after, Device device) throws IOException {
    Optional<Adapter> adapter = model.adapter();
    return adapter.isEmpty()
        ? KeyedClassifier.load(out, after, device)
        : KeyedClassifier.load(model.base(adapter.get()), out, after, device);
  }

  private void report(String id, double difference, double seconds) throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    console.println("twin    " + out);
    console.println("key id  " + id);
    console.printf(
        Locale.ROOT,
        "logits behind the key differ from those without by %.2g at most, on %d pictures%n",
        difference,
        ProbePictures.COUNT);
    if (!(difference <= LARGE_DIFFERENCE)) {
      spec.commandLine()
          .getErr()
          .printf(
              Locale.ROOT,
              "warning: logits differ by %.2g, more than the %.0e that rounding explains: are weights, --mean and --std those of one model?%n",
              difference,
              LARGE_DIFFERENCE);
    }
    new Answer()
        .put("key_id", id)
        .put("max_logit_difference", difference)
        .put("pictures", ProbePictures.COUNT)
        .put("seconds", seconds)
        .writeTo(common.json());
  }
}
