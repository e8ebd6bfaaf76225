package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.PairedShares;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.data.Dataset;
import org.wardlock.defense.compress.FileSizes;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** What defences of compression are worth, against attackers who do not know of them and who do. */
@Command(
    name = "evaluate",
    description =
        "Measures a model without a defence, behind plain JPEG, behind a favoured table, fine-tuned,"
            + " as an ensemble, and behind two published defences: clean and attacked, with and"
            + " without knowledge of the defence.",
    mixinStandardHelpOptions = true)
final class CompressEvaluateCommand implements Callable<Integer> {
  /** Where the answer lies in the run's folder. */
  static final String ANSWER = "compress-evaluate.json";

  private static final int FORMAT = 2;

  /**
   * Batches decide no record but those of chance; models, tables and pictures made without a
   * defence are told by their contents.
   */
  private static final Set<String> FREE_ON_RESUMPTION =
      Set.of("--batch", "--model", "--weights", "--table", "--fine-tuned", "--variants", "--made");

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;
  @Mixin private CompressAttacks attacks;

  @Option(
      names = "--clean-limit",
      paramLabel = "N",
      description =
          "Clean accuracy is that of the first N of the same order (all of the part unless given).")
  private Optional<Integer> cleanLimit;

  @Option(
      names = "--table",
      paramLabel = "FILE",
      description = "What compress fit-table wrote; a folder of compress train has one of its own.")
  private Optional<Path> table;

  @Option(
      names = "--fine-tuned",
      paramLabel = "DIR",
      description =
          "The model after more training without compression, as much as the levels had (train --weights):"
              + " the row fine-tuned, which says what of a defence is only training.")
  private Optional<Path> fineTuned;

  @Option(
      names = "--variants",
      split = ",",
      paramLabel = "V",
      description =
          "none, fine-tuned, jpeg, table, noisy, ensemble, feature-distillation, slq; all unless given."
              + " A resumed run may be given more.")
  private List<String> variants = List.of();

  @Option(
      names = "--made",
      paramLabel = "DIR",
      description =
          "Folder of the pictures made without a defence, which runs with other tables may share"
              + " (made in --out unless given).")
  private Optional<Path> made;

  @Option(
      names = "--batch",
      defaultValue = "64",
      paramLabel = "N",
      description =
          "Pictures at a time; changes no result but that of slq, where chance goes by batches"
              + " (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of compress-evaluate.json and of all records.")
  private Path out;

  @Option(names = "--resume", description = "Goes on with the rows in --out.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    List<CompressVariant> chosen = CompressVariant.parse(variants);
    Threat threat = attacks.threat();
    attacks.adaptive();
    InputException.requirePositive("--batch", batch);
    Device device = common.prepareDevice();
    Dataset attacked = data.open(common.seed());
    Dataset clean = data.open(cleanLimit, common.seed());
    AttackCommand.requireLabels(attacked);
    AttackCommand.requireLabels(clean);
    try (Scope _ = Scope.open("compress evaluate");
        CompressModels models =
            CompressModels.load(model, table, attacked, attacks.gradient(), device, common.seed());
        CompressConsole console = new CompressConsole(spec.commandLine().getOut())) {
      if (fineTuned.isPresent()) {
        models.compareWith(fineTuned.get(), attacked);
      }
      DatasetPictures pictures = models.base().pictures(attacked);
      DatasetPictures right = models.base().right(pictures, batch);
      List<CompressTransfer> transfers =
          attacks.transfers(made.orElseGet(() -> out.resolve("made")), pictures, right);
      prepareFolder(attacked, device);
      var sizes =
          new FileSizes(new CompressSample(pictures).stored(), models.tables().subsampling());
      var evaluation =
          new CompressEvaluation(
              out,
              transfers,
              pictures,
              models.base().pictures(clean),
              sizes,
              threat,
              common.seed(),
              batch,
              console);
      evaluation.prepare(models);
      var rows = new ArrayList<CompressRow>();
      var missing = new ArrayList<CompressVariant>();
      for (CompressVariant variant : chosen) {
        if (models.has(variant)) {
          rows.add(evaluation.row(models, variant, attacks::through));
          console.done(rows.getLast());
        } else {
          missing.add(variant);
          console.absent(
              variant,
              variant.needsLevels()
                  ? "as --model is no folder of compress train"
                  : "as --fine-tuned names no model");
        }
      }
      Map<String, Threat> threats = new LinkedHashMap<>();
      transfers.forEach(one -> threats.put(one.attack().name(), one.threat()));
      console.print(rows, threats, threat);
      Answer answer = answer(rows, missing, models, threats, threat);
      answer.write(out.resolve(ANSWER));
      answer.writeTo(common.json());
    }
    return 0;
  }

  private void prepareFolder(Dataset attacked, Device device) throws IOException {
    RunConfig config =
        RunConfigs.of(spec, common, "compress evaluate", device)
            .withData(data.text(), attacked)
            .build();
    RunFolder.prepare(out, resume);
    RunFolder.settle(out, config, resume, FREE_ON_RESUMPTION);
  }

  private static Answer answer(
      List<CompressRow> rows,
      List<CompressVariant> missing,
      CompressModels models,
      Map<String, Threat> threats,
      Threat threat) {
    var within = new LinkedHashMap<String, String>();
    threats.forEach((name, one) -> within.put(name, one.toString()));
    within.put("adaptive", threat.toString());
    return new Answer()
        .put("format", FORMAT)
        .put("threats", within)
        .put("interval", WilsonInterval.NAME)
        .put("difference_interval", PairedShares.NAME)
        .put("bytes_per_picture", models.tables().favoured().bytes())
        .put("plain_bytes_per_picture", models.tables().plain().bytes())
        .put("rows", rows.stream().map(CompressRow::toJson).toList())
        .put("not_run", missing.stream().map(CompressVariant::toString).toList());
  }
}
