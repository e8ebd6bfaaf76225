package org.wardlock.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;
import org.wardlock.data.Dataset;
import org.wardlock.defense.EnsembleFolder;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.StoredModel;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Option;

/** Which model a command works with: a run folder, or an architecture's name with weights. */
final class ModelOptions {
  private static final String ADAPTER = "--adapter";

  @Option(
      names = "--model",
      required = true,
      paramLabel = "M",
      description =
          "A run folder, a published name such as deit_tiny_patch16_224, or a size such as convmixer-256-8-k5-p2.")
  private String model;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description = "Safetensors with timm's names, for a model given by name.")
  private Optional<Path> weights;

  @Option(
      names = ADAPTER,
      paramLabel = "DIR",
      description = "What fine-tuning changed of the model's weights.")
  private Optional<Path> adapter;

  @Option(
      names = "--image-size",
      paramLabel = "N",
      description = "Side of the pictures, where the name does not imply it.")
  private Optional<Integer> imageSize;

  @Option(
      names = "--classes",
      paramLabel = "N",
      description = "Number of classes, where neither name nor data imply it.")
  private Optional<Integer> classes;

  @Option(
      names = "--mean",
      paramLabel = "R,G,B",
      description = "Mean of the pixels in [0,1], subtracted inside the model.")
  private Optional<String> mean;

  @Option(
      names = "--std",
      paramLabel = "R,G,B",
      description = "Deviation of the pixels in [0,1], divided by inside the model.")
  private Optional<String> std;

  private String option = "--model";
  private String weightsOption = "--weights";
  private String data = "--data";

  /**
   * A model that other options name.
   *
   * @param option that names it
   * @param weightsOption that names its weights, where it is given by name
   * @param data the option that names the pictures it is judged on
   */
  static ModelOptions of(
      String option, String model, String weightsOption, Optional<Path> weights, String data) {
    var options = new ModelOptions();
    options.option = option;
    options.model = model;
    options.weightsOption = weightsOption;
    options.weights = weights;
    options.data = data;
    options.adapter = Optional.empty();
    options.imageSize = Optional.empty();
    options.classes = Optional.empty();
    options.mean = Optional.empty();
    options.std = Optional.empty();
    return options;
  }

  /** The blueprint that name and options give. */
  Architecture architecture(Optional<Integer> classesOfData) {
    Architecture architecture = Architecture.named(model);
    if (imageSize.isPresent()) {
      architecture = architecture.withImageSize(imageSize.get());
    }
    Optional<Integer> wanted =
        architecture.isPublished() ? classes : classes.or(() -> classesOfData);
    if (wanted.isPresent()) {
      architecture = architecture.withClasses(wanted.get());
    }
    if (mean.isPresent() != std.isPresent()) {
      throw new InputException("--mean and --std are given together or not at all");
    }
    if (mean.isPresent()) {
      PixelStatistics statistics =
          new PixelStatistics(triple("--mean", mean.get()), triple("--std", std.get()));
      architecture = architecture.with(statistics);
    }
    return architecture;
  }

  /**
   * The same, normalised as a file of weights says: a name does not know what a twin was made for.
   */
  private Architecture agreeing(Architecture architecture, Safetensors stored)
      throws WeightsException {
    Optional<PixelStatistics> told = ModelConfig.statistics(stored);
    if (told.isPresent()
        && mean.isPresent()
        && !told.get().equals(architecture.preprocessing().statistics())) {
      throw new InputException(
          "--mean %s --std %s: %s %s is for mean %s and deviation %s and says so itself: leave them out"
              .formatted(
                  mean.get(),
                  std.get(),
                  weightsOption,
                  stored.description(),
                  told.get().mean(),
                  told.get().deviation()));
    }
    return told.map(architecture::with).orElse(architecture);
  }

  /** The model, frozen; it fits the pictures' classes, as far as these are known. */
  LoadedModel load(Dataset dataset, Device device) throws IOException {
    if (adapter.isPresent()) {
      return adapted(dataset, device);
    }
    if (isRunFolder()) {
      refuseWhatIsKnown("the folder " + named(), true);
      refuseAnAdapterAlone(Path.of(model));
      ModelFolder folder = ModelFolder.open(Path.of(model));
      ClassFit.require(data, dataset, named(), folder.config());
      Path file = folder.folder().resolve(ModelFolder.WEIGHTS);
      return new LoadedModel(
          folder.classifier(device), file, Optional.of(folder), Optional.empty());
    }
    Path file = requireWeights();
    try (Safetensors stored = Safetensors.open(file)) {
      Architecture architecture =
          agreeing(architecture(classesOf(dataset).or(() -> classesOf(stored))), stored);
      ImageClassifier loaded = ImageClassifier.load(architecture, device, stored);
      ClassFit.requireEnough(data, dataset, named(), architecture);
      Optional<ModelFolder> known =
          ModelConfig.told(stored, architecture).map(config -> new ModelFolder(file, config));
      return new LoadedModel(loaded, file, known, Optional.empty());
    }
  }

  private LoadedModel adapted(Dataset dataset, Device device) throws IOException {
    Adapter changes = openAdapter();
    Path base = base(changes);
    ClassFit.require(dataset, "--adapter " + changes.folder(), changes.config());
    return new LoadedModel(
        changes.classifier(base, device), base, Optional.of(changes.asModel()), adapter);
  }

  /** The file of the weights that the adapter to this model changes. */
  Path base(Adapter changes) throws IOException {
    return base(changes, ADAPTER);
  }

  /**
   * The file of the weights that an adapter of this model changes.
   *
   * @param by the option that names the adapter
   */
  Path base(Adapter changes, String by) throws IOException {
    refuseWhatIsKnown(by + " " + changes.folder(), isRunFolder());
    if (isRunFolder()) {
      Path folder = Path.of(model);
      refuseAnAdapterAlone(folder);
      requireSameName(changes, by, ModelFolder.open(folder).config().architecture().name());
      return folder.resolve(ModelFolder.WEIGHTS);
    }
    requireSameName(changes, by, Architecture.named(model).name());
    return requireWeights();
  }

  private Adapter openAdapter() throws IOException {
    if (!Files.isDirectory(adapter.get())) {
      throw new InputException("--adapter " + adapter.get() + ": no such folder");
    }
    return Adapter.open(adapter.get());
  }

  private void requireSameName(Adapter changes, String by, String found) {
    String expected = changes.config().architecture().name();
    if (!found.equals(expected)) {
      throw new InputException(
          "%s %s: changes a %s, but --model %s is a %s: give the model it was made from"
              .formatted(by, changes.folder(), expected, model, found));
    }
  }

  private static void refuseAnAdapterAlone(Path folder) {
    if (Adapter.isAloneIn(folder)) {
      throw new InputException(
          "--model %s: holds an adapter alone; name the model it was made from by --model and --weights, and give --adapter %s"
              .formatted(folder, folder));
    }
  }

  /** The ensemble that the model is, if it is one; it fits the pictures' classes. */
  Optional<EnsembleFolder> ensemble(Dataset dataset) throws IOException {
    if (adapter.isPresent() || !isRunFolder() || !EnsembleFolder.isIn(Path.of(model))) {
      return Optional.empty();
    }
    refuseWhatIsKnown("the folder " + named(), true);
    EnsembleFolder folder = EnsembleFolder.open(Path.of(model));
    ClassFit.require(data, dataset, named(), folder.config());
    return Optional.of(folder);
  }

  /** The id of the key that the model was made for, if it names one. */
  Optional<String> keyId() {
    try {
      if (adapter.isPresent()) {
        return openAdapter().config().keyId();
      }
      try (StoredModel stored = open()) {
        return stored.config().keyId();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The adapter to the model, if one is named. */
  Optional<Adapter> adapter() throws IOException {
    return adapter.isPresent() ? Optional.of(openAdapter()) : Optional.empty();
  }

  /** What is stored of the model, unread: for commands that work on weights. */
  StoredModel open() throws IOException {
    if (adapter.isPresent()) {
      Adapter changes = openAdapter();
      return changes.stored(base(changes));
    }
    if (isRunFolder()) {
      refuseWhatIsKnown("the folder " + named(), true);
      refuseAnAdapterAlone(Path.of(model));
      return ModelFolder.open(Path.of(model)).stored();
    }
    Path file = requireWeights();
    ModelConfig config;
    try (Safetensors stored = Safetensors.open(file)) {
      Architecture architecture = agreeing(architecture(classesOf(stored)), stored);
      config = new ModelConfig(architecture, List.of(), ModelConfig.keyId(stored));
    }
    return StoredModel.open(file, file, config);
  }

  private String named() {
    return option + " " + model;
  }

  private Path requireWeights() {
    return weights.orElseThrow(
        () ->
            new InputException(
                named() + ": a model given by name needs " + weightsOption + " FILE"));
  }

  private static Optional<Integer> classesOf(Dataset dataset) {
    return dataset.classes().isEmpty() ? Optional.empty() : Optional.of(dataset.classes().size());
  }

  private Optional<Integer> classesOf(Weights stored) {
    return PublicModel.classesOf(stored, Architecture.named(model));
  }

  private void refuseWhatIsKnown(String by, boolean weightsToo) {
    var given = new LinkedHashMap<String, Optional<?>>();
    if (weightsToo) {
      given.put(weightsOption, weights);
    }
    given.put("--image-size", imageSize);
    given.put("--classes", classes);
    given.put("--mean", mean);
    given.put("--std", std);
    given.forEach(
        (option, value) -> {
          if (value.isPresent()) {
            throw new InputException(
                "%s %s: belongs to a model given by name; %s says it itself"
                    .formatted(option, value.get(), by));
          }
        });
  }

  /**
   * The pre-trained network that is to be changed: of a run's folder, or of weights, with or
   * without an adapter.
   */
  StartingNetwork pretrained(Dataset dataset, FineTuning tuning) throws IOException {
    if (!isRunFolder()) {
      requireWeights();
      return starting(dataset, tuning);
    }
    if (adapter.isPresent()) {
      throw new InputException(
          "--adapter %s: to go on from it, give the model by name and its weights by --weights %s"
              .formatted(adapter.get(), Path.of(model, ModelFolder.WEIGHTS)));
    }
    refuseWhatIsKnown("the folder " + named(), true);
    refuseAnAdapterAlone(Path.of(model));
    Architecture stored = ModelFolder.open(Path.of(model)).config().architecture();
    Architecture architecture = classesOf(dataset).map(stored::withClasses).orElse(stored);
    ClassFit.requireSame(dataset, "--model " + model, architecture);
    Path file = Path.of(model, ModelFolder.WEIGHTS);
    return new StartingNetwork(architecture, Optional.of(file), Optional.empty(), tuning);
  }

  /** The network to be trained: fresh, or from weights and an adapter. */
  StartingNetwork starting(Dataset dataset, FineTuning tuning) throws IOException {
    if (isRunFolder()) {
      throw new InputException(
          "--model "
              + model
              + ": training starts from a name; give the folder's weights by --weights "
              + Path.of(model, ModelFolder.WEIGHTS));
    }
    Optional<Adapter> changes = adapter();
    Architecture architecture;
    if (changes.isPresent()) {
      refuseWhatIsKnown("--adapter " + changes.get().folder(), false);
      architecture = changes.get().config().architecture();
      requireSameName(changes.get(), ADAPTER, Architecture.named(model).name());
      ClassFit.require(dataset, "--adapter " + changes.get().folder(), changes.get().config());
    } else {
      Architecture named = normalised(architecture(classesOf(dataset)));
      architecture = classes.or(() -> classesOf(dataset)).map(named::withClasses).orElse(named);
    }
    ClassFit.requireSame(dataset, "--model " + model, architecture);
    return new StartingNetwork(architecture, weights, changes, tuning);
  }

  /** As the weights that training begins with say, unless the user wants it otherwise. */
  private Architecture normalised(Architecture architecture) throws IOException {
    if (weights.isEmpty() || mean.isPresent()) {
      return architecture;
    }
    try (Safetensors stored = Safetensors.open(weights.get())) {
      return agreeing(architecture, stored);
    }
  }

  /** The folder that is named, if one is. */
  Optional<Path> folder() {
    return isRunFolder() ? Optional.of(Path.of(model)) : Optional.empty();
  }

  private boolean isRunFolder() {
    return Files.isDirectory(Path.of(model));
  }

  private static List<Double> triple(String option, String text) {
    String[] parts = text.split(",", -1);
    if (parts.length != 3) {
      throw new InputException(
          option + " " + text + ": expected three numbers with commas between");
    }
    try {
      return Arrays.stream(parts).map(Double::valueOf).toList();
    } catch (NumberFormatException e) {
      throw new InputException(
          option + " " + text + ": expected three numbers with commas between");
    }
  }
}
