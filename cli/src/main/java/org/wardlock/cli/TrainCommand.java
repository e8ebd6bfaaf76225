package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.data.Augmentation;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.Dataset;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyTransform;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.nn.train.EpochMetrics;
import org.wardlock.nn.train.Trainer;
import org.wardlock.nn.train.TrainingOptions;
import org.wardlock.nn.train.TrainingResult;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains a network from nothing or from given weights, plain or behind a key. */
@Command(
    name = "train",
    description = "Trains a model, plain or behind a key; a killed run goes on with --resume.",
    mixinStandardHelpOptions = true)
final class TrainCommand implements Callable<Integer> {
  /** How often the state is saved decides no bit. */
  private static final Set<String> FREE_ON_RESUMPTION = Set.of("--checkpoint-every");

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private TrainingDataOptions data;
  @Mixin private KeyOptions keys;
  @Mixin private TrainingOptionsMixin training;
  @Mixin private FineTuningOptions tuning;

  @Option(names = "--out", required = true, paramLabel = "DIR", description = "The run's folder.")
  private Path out;

  @Option(names = "--resume", description = "Goes on with the run in --out.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    Device device = common.prepareDevice();
    Dataset validation = data.validation();
    Dataset pictures = data.training(common.seed());
    Optional<Key> loaded = keys.load();
    if (loaded.isEmpty()) {
      return train(device, pictures, validation, Optional.empty());
    }
    try (Key key = loaded.get()) {
      return train(device, pictures, validation, Optional.of(key));
    }
  }

  private int train(Device device, Dataset pictures, Dataset validation, Optional<Key> key)
      throws IOException {
    TrainingOptions recipe = training.parse();
    recipe.precision().requireOn(device);
    FineTuning changes = tuning.parse();
    StartingNetwork start = model.starting(pictures, changes);
    Architecture architecture = start.architecture();
    Network network = start.network(device, common.seed());
    Map<String, String> facts = facts(start, pictures, validation, key);
    var config = new ModelConfig(architecture, pictures.classes(), key.map(k -> k.id().text()));
    RunConfig run =
        RunConfigs.of(spec, common, "train", device)
            .withData(data.text(), pictures)
            .withModel(config)
            .build();
    Path folder = RunFolder.prepare(out, resume);
    RunFolder.settle(folder, run, resume, FREE_ON_RESUMPTION);
    var builder =
        Trainer.builder(network, trainingLoader(pictures, network), recipe, folder)
            .validation(loader(validation, architecture).build())
            .tuning(changes)
            .facts(facts);
    if (start.makesAdapter()) {
      builder.finished(state -> start.writeAdapter(folder, network, config, state));
    }
    PrintWriter console = spec.commandLine().getOut();
    Interruption.watch();
    try (Scope _ = Scope.open("train")) {
      if (key.isPresent()) {
        int size = architecture.imageSize();
        KeyTransform transform = KeyTransform.of(key.get(), Shape.of(3, size, size), device);
        builder
            .transform(transform::apply)
            .metadata(Map.of(ModelConfig.KEY_ID, key.get().id().text()));
      }
      try (TrainingConsole listener = new TrainingConsole(spec.commandLine())) {
        Trainer trainer = builder.listener(listener).stopWhen(Interruption::isRequested).build();
        TrainingResult result = resume ? trainer.resume() : trainer.run();
        return finish(result, console, device, changes.counts(network));
      }
    } finally {
      network.release();
    }
  }

  private int finish(
      TrainingResult result, PrintWriter console, Device device, FineTuning.Counts counts)
      throws IOException {
    List<Map<String, Object>> epochs = result.epochs().stream().map(EpochMetrics::toJson).toList();
    Answer answer =
        new Answer()
            .put("device", device.toString())
            .put("steps", result.steps())
            .put("trainable_parameters", counts.trainable())
            .put("total_parameters", counts.total())
            .put("epochs", epochs);
    if (!result.completed()) {
      console.println("interrupted after step " + result.steps() + "; go on with --resume");
      return Interruption.STATUS;
    }
    if (!result.epochs().isEmpty()) {
      result
          .epochs()
          .getLast()
          .valTop1()
          .ifPresent(top1 -> answer.put("final", Map.of("val_top1", top1)));
    }
    console.println((Adapter.isIn(out) ? "adapter in " : "model in ") + out);
    answer.writeTo(common.json());
    return 0;
  }

  private BatchLoader trainingLoader(Dataset dataset, Network network) {
    Architecture architecture = network.architecture();
    return loader(dataset, architecture)
        .shuffle(true)
        .dropLast(true)
        .augmentation(Augmentation.parse(training.augment(), architecture.imageSize()))
        .movesOnDevice(!network.device().equals(Device.CPU))
        .build();
  }

  private BatchLoader.Builder loader(Dataset dataset, Architecture architecture) {
    return Loaders.of(dataset, architecture).batchSize(training.batch()).seed(common.seed());
  }

  /** What decides the bits of the run beyond what the trainer knows itself. */
  private Map<String, String> facts(
      StartingNetwork start, Dataset pictures, Dataset validation, Optional<Key> key)
      throws IOException {
    var facts = new LinkedHashMap<>(start.facts());
    facts.put("seed", Long.toString(common.seed()));
    facts.put("data", pictures.identity().digest());
    facts.put("validation data", validation.identity().digest());
    facts.put("augment", training.augment().toLowerCase(Locale.ROOT));
    key.ifPresent(k -> facts.put("key", k.id().text()));
    return facts;
  }
}
