package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.wardlock.data.Dataset;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeyTransform;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.evaluate.Evaluation;
import org.wardlock.nn.evaluate.Evaluator;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.OptimizerSettings;
import org.wardlock.nn.train.Trainer;
import org.wardlock.nn.train.TrainingOptions;
import org.wardlock.nn.train.TrainingOptions.ScheduleShape;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import picocli.CommandLine;

/** The demo's two models: one architecture, one recipe, with and without a key. */
final class DemoModels {
  private static final Architecture ARCHITECTURE = Architecture.named("convmixer-64-4-k5-p4");
  private static final int BATCH = 64;
  private static final int EVALUATION_BATCH = 100;
  private static final TrainingOptions RECIPE =
      TrainingOptions.builder()
          .epochs(6)
          .optimizer(OptimizerSettings.Adam.decoupled(0.05))
          .learningRate(0.01, ScheduleShape.ONECYCLE)
          .clipping(1)
          .build();

  private final Device device;
  private final long seed;
  private final CommandLine command;
  private final RunConfigs configs;
  private final Dataset training = DataSource.parse("shapes").open(Split.TRAIN);
  private final Dataset validation = DataSource.parse("shapes").open(Split.VAL);

  DemoModels(Device device, long seed, RunConfigs configs, CommandLine command) {
    this.device = device;
    this.seed = seed;
    this.configs = configs;
    this.command = command;
  }

  Architecture architecture() {
    return ARCHITECTURE;
  }

  Dataset validation() {
    return validation;
  }

  Device device() {
    return device;
  }

  Evaluator evaluator() {
    return new Evaluator(Loaders.of(validation, ARCHITECTURE).batchSize(EVALUATION_BATCH).build());
  }

  Evaluation evaluate(Classifier classifier) {
    return evaluator().evaluate(classifier);
  }

  /** Trains a model, or nothing if the user interrupts. */
  Optional<ImageClassifier> train(String name, Path folder, Optional<Key> key) throws IOException {
    command.getOut().println("training the " + name + " model");
    Files.createDirectories(folder);
    Optional<String> keyId = key.map(used -> used.id().text());
    configs
        .withData("shapes", training)
        .withModel(new ModelConfig(ARCHITECTURE, training.classes(), keyId))
        .build()
        .write(folder);
    Network network = Network.initial(ARCHITECTURE, device, seed);
    try (Scope _ = Scope.open("demo");
        TrainingConsole listener = new TrainingConsole(command)) {
      var builder =
          Trainer.builder(
                  network,
                  Loaders.of(training, ARCHITECTURE)
                      .batchSize(BATCH)
                      .seed(seed)
                      .shuffle(true)
                      .dropLast(true)
                      .build(),
                  RECIPE,
                  folder)
              .validation(Loaders.of(validation, ARCHITECTURE).batchSize(EVALUATION_BATCH).build())
              .facts(Map.of("model", name))
              .listener(listener)
              .stopWhen(Interruption::isRequested);
      if (key.isPresent()) {
        int size = ARCHITECTURE.imageSize();
        builder
            .transform(KeyTransform.of(key.get(), Shape.of(3, size, size), device)::apply)
            .metadata(Map.of(ModelConfig.KEY_ID, key.get().id().text()));
      }
      boolean completed = builder.build().run().completed();
      return completed ? Optional.of(ImageClassifier.copyOf(network)) : Optional.empty();
    } finally {
      network.release();
    }
  }
}
