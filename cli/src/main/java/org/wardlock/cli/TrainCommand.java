package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.data.Dataset;
import org.wardlock.defense.Key;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.nn.train.EpochMetrics;
import org.wardlock.nn.train.TrainingResult;
import org.wardlock.tensor.Device;
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
    StartingNetwork start = model.starting(pictures, tuning.parse());
    if (key.isEmpty()) {
      start.keyId().ifPresent(this::warnOfNoKey);
    }
    TrainingPlan plan =
        TrainingPlan.of(start, training, pictures, validation, device, common.seed());
    try (PreparedTraining prepared = plan.prepare(key)) {
      RunConfig run =
          RunConfigs.of(spec, common, "train", device)
              .withData(data.text(), pictures)
              .withModel(prepared.config())
              .build();
      Path folder = RunFolder.prepare(out, resume);
      RunFolder.settle(folder, run, resume, FREE_ON_RESUMPTION);
      TrainingResult result = prepared.run(folder, resume, spec.commandLine());
      return finish(result, spec.commandLine().getOut(), device, prepared.counts());
    }
  }

  private void warnOfNoKey(String id) {
    spec.commandLine()
        .getErr()
        .println(
            "warning: what training begins with was made for key "
                + id
                + "; without --key it learns from pictures as they are, and what comes of it has no key");
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
}
