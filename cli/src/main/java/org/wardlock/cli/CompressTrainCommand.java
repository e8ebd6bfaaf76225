package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.data.Dataset;
import org.wardlock.defense.compress.CompressionFolder;
import org.wardlock.defense.compress.FittedTables;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.nn.train.TrainingResult;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Fine-tunes one classifier for each level of compression. */
@Command(
    name = "train",
    description =
        "Fine-tunes a model once for each level of compression; a killed run goes on with --resume.",
    mixinStandardHelpOptions = true)
final class CompressTrainCommand implements Callable<Integer> {
  /** Where the answer lies in the run's folder. */
  private static final String ANSWER = "compress-train.json";

  /** How often the state is saved decides no bit; models and tables are told by their contents. */
  private static final Set<String> FREE_ON_RESUMPTION =
      Set.of("--checkpoint-every", "--model", "--weights", "--table");

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private TrainingDataOptions data;
  @Mixin private TrainingOptionsMixin training;

  @Option(
      names = "--table",
      required = true,
      paramLabel = "FILE",
      description = "What compress fit-table wrote.")
  private Path table;

  @Option(
      names = "--levels",
      required = true,
      split = ",",
      paramLabel = "X",
      description =
          "What the table's steps are multiplied by, a classifier for each: 0.5,1,2,4, for"
              + " instance.")
  private List<Double> levels;

  @Option(
      names = "--random-levels",
      defaultValue = "0",
      paramLabel = "SHARE",
      description =
          "Share of the pictures, 0 to 1, that are learnt from at a level drawn from all of them"
              + " instead of the classifier's own (default: ${DEFAULT-VALUE}).")
  private double randomLevels;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the table and of a run for each level.")
  private Path out;

  @Option(names = "--resume", description = "Goes on with the run in --out.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    requireLevels();
    if (!(randomLevels >= 0 && randomLevels <= 1)) {
      throw new InputException("--random-levels %s: expected 0 to 1".formatted(randomLevels));
    }
    var made = new CompressionFolder(out, FittedTables.read(table), levels);
    Device device = common.prepareDevice();
    Dataset pictures = data.training(common.seed());
    CompressBase.requirePlain(model);
    StartingNetwork start = model.pretrained(pictures, FineTuning.FULL);
    AttackCommand.requireLabels(data.validation(), "nothing to judge levels by");
    TrainingPlan plan =
        TrainingPlan.of(start, training, pictures, data.validation(), device, common.seed());
    requireBase(start, device);
    RunFolder.prepare(out, resume);
    RunConfigs config =
        RunConfigs.of(spec, common, "compress train", device).withData(data.text(), pictures);
    RunFolder.settle(out, config.build(), resume, FREE_ON_RESUMPTION);
    made.settleTable();
    RunConfig whole = config.withModel(plan.config(Optional.empty())).build();
    settleBase(made, start, whole);
    Interruption.watch();
    List<CompressLevel> trained = train(made, plan, whole);
    if (trained.size() < levels.size()) {
      spec.commandLine()
          .getOut()
          .printf(
              "interrupted with %d of %d levels done; go on with --resume%n",
              trained.size(), levels.size());
      return Interruption.STATUS;
    }
    made.finish();
    finish(made, trained);
    return 0;
  }

  private void requireLevels() {
    for (double level : levels) {
      if (!(level > 0 && level < Double.POSITIVE_INFINITY)) {
        throw new InputException("--levels %s: expected numbers above 0".formatted(level));
      }
    }
    if (levels.stream().distinct().count() < levels.size()) {
      throw new InputException("--levels %s: one is given twice".formatted(levels));
    }
  }

  /** Keeps what all levels begin as, so that the folder can be evaluated wherever it goes. */
  private static void settleBase(CompressionFolder made, StartingNetwork start, RunConfig config)
      throws IOException {
    Path weights = Files.createDirectories(made.base()).resolve(ModelFolder.WEIGHTS);
    if (!Files.exists(weights)) {
      config.write(made.base());
      try (FileChannel source = FileChannel.open(start.weights().orElseThrow())) {
        DurableFiles.replace(weights, target -> copy(source, target));
      }
    }
  }

  private static void copy(FileChannel source, FileChannel target) throws IOException {
    for (long done = 0; done < source.size(); ) {
      done += source.transferTo(done, source.size() - done, target);
    }
  }

  /** What is fine-tuned is also what the defence is measured against, so it must fit as it is. */
  private static void requireBase(StartingNetwork start, Device device) throws IOException {
    try (Safetensors weights = Safetensors.open(start.weights().orElseThrow())) {
      ImageClassifier.load(start.architecture(), device, weights).close();
    } catch (WeightsException e) {
      throw new InputException(
          "--model: %s; a model of other classes is fine-tuned by train first"
              .formatted(e.getMessage()));
    }
  }

  /** The classifiers, in order; fewer than levels if the user interrupts. */
  private List<CompressLevel> train(CompressionFolder made, TrainingPlan plan, RunConfig config)
      throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    var trained = new ArrayList<CompressLevel>();
    for (double level : levels) {
      int number = trained.size();
      Path folder = Files.createDirectories(made.member(number));
      console.printf("level %s, %d of %d%n", level, number + 1, levels.size());
      console.flush();
      if (CompressLevel.isDone(folder)) {
        console.println("done before");
        trained.add(CompressLevel.read(folder));
        continue;
      }
      config.write(folder);
      var run = new CompressTraining(plan, made, number, randomLevels);
      TrainingResult result = run.run(spec.commandLine());
      if (!result.completed()) {
        return trained;
      }
      var done = new CompressLevel(level, result.epochs().getLast().valTop1().orElseThrow());
      done.write(folder);
      trained.add(done);
    }
    return trained;
  }

  private void finish(CompressionFolder made, List<CompressLevel> trained) throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    for (CompressLevel level : trained) {
      console.printf(
          Locale.ROOT,
          "level %s: validation %.2f %% at its level%n",
          level.level(),
          100 * level.valTop1());
    }
    console.println("classifiers in " + out);
    Answer answer =
        new Answer()
            .put("levels", trained.stream().map(CompressLevel::toJson).toList())
            .put("random_levels", randomLevels)
            .put("bytes_per_picture", made.tables().favoured().bytes());
    answer.write(out.resolve(ANSWER));
    answer.writeTo(common.json());
  }
}
