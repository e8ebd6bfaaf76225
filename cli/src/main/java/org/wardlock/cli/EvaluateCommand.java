package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.wardlock.data.Dataset;
import org.wardlock.nn.evaluate.EvaluatedPicture;
import org.wardlock.nn.evaluate.Evaluation;
import org.wardlock.nn.evaluate.Evaluator;
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
    Device device = common.prepareDevice();
    predictions.ifPresent(file -> OutputFile.requireWritable("--predictions", file));
    Dataset dataset = data.open(common.seed());
    try (DeployedModel deployed =
        DeployedModel.load(model, keys, dataset, device, spec.commandLine().getErr())) {
      if (wrongKeys > 0 && deployed.keySpec().isEmpty()) {
        throw new InputException("--wrong-keys needs --key: fresh keys are of that key's kind");
      }
      Evaluator evaluator = new Evaluator(deployed.loader(dataset, batch));
      Evaluation clean = evaluateClean(evaluator, deployed, dataset);
      PrintWriter out = spec.commandLine().getOut();
      print(out, clean, device);
      Answer answer =
          new Answer()
              .put("images", clean.images())
              .put("top1", clean.top1())
              .put("top5", clean.top5())
              .put("loss", clean.loss())
              .put("images_per_second", clean.imagesPerSecond())
              .put("device", device.toString());
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

  private Evaluation evaluateClean(Evaluator evaluator, DeployedModel deployed, Dataset dataset)
      throws IOException {
    try (Progress progress = Progress.of("evaluate", dataset.size())) {
      if (predictions.isEmpty()) {
        return evaluator.evaluate(deployed.classifier(), _ -> progress.step(), () -> false);
      }
      var rows = new ArrayList<String>();
      rows.add(EvaluatedPicture.CSV_HEADER);
      int[] position = {0};
      Evaluation evaluation =
          evaluator.evaluate(
              deployed.classifier(),
              prediction -> {
                rows.add(prediction.csvRow(dataset.name(position[0]++)));
                progress.step();
              },
              () -> false);
      OutputFile.write(predictions.get(), String.join("\n", rows) + "\n");
      return evaluation;
    }
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
