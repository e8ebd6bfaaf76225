package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.wardlock.data.Dataset;
import org.wardlock.defense.KeyId;
import org.wardlock.nn.evaluate.EvaluatedPicture;
import org.wardlock.nn.evaluate.Evaluation;
import org.wardlock.nn.evaluate.Evaluator;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Clean accuracy, with the right key and with wrong ones. */
@Command(
    name = "evaluate",
    description = "Measures accuracy: with the key, and under fresh keys of the same kind.",
    mixinStandardHelpOptions = true)
final class EvaluateCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;
  @Mixin private KeyOptions keys;

  @Option(
      names = "--batch",
      defaultValue = "32",
      paramLabel = "N",
      description = "Pictures at a time (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--wrong-keys",
      defaultValue = "0",
      paramLabel = "N",
      description = "Also evaluates under N fresh keys of the same kind.")
  private int wrongKeys;

  @Option(
      names = "--predictions",
      paramLabel = "CSV",
      description = "Writes what was said of each picture.")
  private Optional<Path> predictions;

  @Override
  public Integer call() throws IOException {
    if (wrongKeys > 0 && !keys.isNamed()) {
      throw new InputException("--wrong-keys needs --key: fresh keys are of that key's kind");
    }
    Device device = common.prepareDevice();
    predictions.ifPresent(file -> OutputFile.requireWritable("--predictions", file));
    Dataset dataset = data.open(common.seed());
    try (DeployedModel deployed =
        DeployedModel.load(model, keys, dataset, device, spec.commandLine().getErr())) {
      if (wrongKeys > 0 && deployed.isEnsemble()) {
        throw new InputException("--wrong-keys: an ensemble has a key for each member; give one");
      }
      if (wrongKeys > 0 && dataset.classes().isEmpty()) {
        throw new InputException("--wrong-keys needs --data with pictures whose classes are known");
      }
      Evaluator evaluator = new Evaluator(deployed.loader(dataset, batch));
      var last = new AtomicReference<EvaluatedPicture>();
      Evaluation clean = evaluateClean(evaluator, deployed, dataset, last::set);
      PrintWriter out = spec.commandLine().getOut();
      Answer answer =
          new Answer()
              .put("images", clean.images())
              .put("top1", share(clean, clean.top1()))
              .put("top5", share(clean, clean.top5()))
              .put("loss", share(clean, clean.loss()))
              .put("images_per_second", clean.imagesPerSecond())
              .put("device", device.toString())
              .put("config", config(device, dataset, deployed).toJson());
      if (clean.labelled() > 0) {
        print(out, clean, device);
      } else if (clean.images() == 1) {
        LikelyClasses likely = LikelyClasses.of(last.get(), deployed.classNames());
        likely.lines().forEach(out::println);
        answer.put("predicted", likely.toJson());
      } else {
        printUnlabelled(out, clean, device);
      }
      if (wrongKeys > 0) {
        WrongKeys measured =
            WrongKeys.measure(
                deployed.model(),
                deployed.keySpec().orElseThrow(),
                evaluator,
                wrongKeys,
                common.seed());
        out.println(measured.line());
        answer.put("wrong_key", measured.toJson());
      }
      answer.writeTo(common.json());
    }
    return 0;
  }

  /** What a run's folder would say: an evaluation has none. */
  private RunConfig config(Device device, Dataset dataset, DeployedModel deployed) {
    return RunConfigs.of(spec, common, "evaluate", device)
        .withData(data.text(), dataset)
        .withModel(
            new ModelConfig(
                deployed.model().architecture(), List.of(), deployed.keyId().map(KeyId::text)))
        .build();
  }

  private Evaluation evaluateClean(
      Evaluator evaluator,
      DeployedModel deployed,
      Dataset dataset,
      Consumer<EvaluatedPicture> listener)
      throws IOException {
    try (Progress progress = Progress.of("evaluate", dataset.size())) {
      if (predictions.isEmpty()) {
        return evaluator.evaluate(
            deployed.classifier(),
            prediction -> {
              listener.accept(prediction);
              progress.step();
            },
            () -> false);
      }
      var rows = new ArrayList<String>();
      rows.add(EvaluatedPicture.CSV_HEADER);
      int[] position = {0};
      Evaluation evaluation =
          evaluator.evaluate(
              deployed.classifier(),
              prediction -> {
                listener.accept(prediction);
                rows.add(prediction.csvRow(dataset.name(position[0]++)));
                progress.step();
              },
              () -> false);
      OutputFile.write(predictions.get(), String.join("\n", rows) + "\n");
      return evaluation;
    }
  }

  /** What is known of labelled pictures alone; JSON has null for what is not. */
  private static Double share(Evaluation clean, double value) {
    return clean.labelled() > 0 ? Double.valueOf(value) : null;
  }

  private void printUnlabelled(PrintWriter out, Evaluation clean, Device device) {
    out.printf(
        Locale.ROOT,
        "no accuracy, as no class of %d pictures is known (%.1f a second on %s); %s%n",
        clean.images(),
        clean.imagesPerSecond(),
        device,
        predictions
            .map(file -> "what was said of each is in " + file)
            .orElse("--predictions FILE writes what is said of each"));
  }

  private static void print(PrintWriter out, Evaluation clean, Device device) {
    out.printf(
        Locale.ROOT,
        "top-1 %.2f %%, top-5 %.2f %%, loss %.4f on %d pictures (%.1f a second on %s)%n",
        100 * clean.top1(),
        100 * clean.top5(),
        clean.loss(),
        clean.images(),
        clean.imagesPerSecond(),
        device);
  }
}
