package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.extraction.CopyTraining;
import org.wardlock.attacks.extraction.Disclosure;
import org.wardlock.attacks.extraction.Extraction;
import org.wardlock.attacks.extraction.QueryLimits;
import org.wardlock.attacks.extraction.QueryOracle;
import org.wardlock.attacks.extraction.QueryStrategy;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Model stealing: copies of a victim that is only asked, and what they are worth. */
@Command(
    name = "extract",
    description =
        "Copies a model by asking it about other pictures (Copycat, Knockoff), and measures what the copies are worth.",
    mixinStandardHelpOptions = true)
final class ExtractCommand implements Callable<Integer> {
  /** Where the answer lies in the run's folder. */
  static final String ANSWER = "extract.json";

  private static final String RADIUS = "8/255";

  /**
   * Files are told by their contents, wherever they lie; answers to a larger budget begin with
   * those to a smaller one.
   */
  private static final Set<String> FREE_ON_RESUMPTION =
      Set.of(
          "--victim",
          "--victim-weights",
          "--pool",
          "--test",
          "--fine-tune",
          "--weights",
          "--budget",
          "--checkpoint-every");

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private KeyOptions keys;
  @Mixin private ExtractOptions options;
  @Mixin private PerturbationOptions perturbation;

  @Option(
      names = "--victim",
      required = true,
      paramLabel = "M",
      description = "A run folder, or a model's name; behind --key, if one is given.")
  private String victim;

  @Option(
      names = "--victim-weights",
      paramLabel = "FILE",
      description = "Safetensors with timm's names, for a victim given by name.")
  private Optional<Path> victimWeights;

  @Option(
      names = "--pool",
      required = true,
      paramLabel = "D",
      description =
          "Pictures to ask about, of any domain; their labels are looked at by --strategy adaptive alone.")
  private String pool;

  @Option(
      names = "--pool-split",
      defaultValue = "train",
      paramLabel = "train|val|test",
      description = "Which part of it (default: train).")
  private String poolSplit;

  @Option(
      names = "--arch",
      required = true,
      paramLabel = "A",
      description = "The copy's architecture, by name or size such as convmixer-128-4-k5-p2.")
  private String architecture;

  @Option(
      names = "--weights",
      paramLabel = "FILE",
      description =
          "Safetensors that the copy begins with; other classes than theirs get a new head.")
  private Optional<Path> weights;

  @Option(
      names = "--fine-tune",
      paramLabel = "D",
      description =
          "Pictures of the victim's own domain, whose part train is asked about, too, and learnt from in the end.")
  private Optional<String> fineTune;

  @Option(
      names = "--test",
      paramLabel = "D",
      description =
          "Labelled pictures to judge by (default: the data set that the victim's folder names).")
  private Optional<String> test;

  @Option(
      names = "--test-split",
      defaultValue = "val",
      paramLabel = "train|val|test",
      description = "Which part of it (default: val).")
  private String testSplit;

  @Option(
      names = "--test-limit",
      paramLabel = "N",
      description = "The first N of a class-balanced, seeded order.")
  private Optional<Integer> testLimit;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the answers, the copies and what they are worth.")
  private Path out;

  @Option(
      names = "--resume",
      description = "Goes on with the run in --out; may be given more budgets.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    Disclosure disclosure = options.disclosure();
    QueryStrategy strategy = options.strategy();
    QueryLimits limits = options.limits();
    Threat threat = perturbation.threatOr(RADIUS);
    Device device = common.prepareDevice();
    Dataset judged = judged();
    Optional<Dataset> attacked = attacked(judged);
    Dataset asked = DataSource.parse(pool).open(Split.parse(poolSplit));
    Optional<Dataset> own = fineTune.map(data -> DataSource.parse(data).open(Split.TRAIN));
    requireEnough(asked, own);
    var named = ModelOptions.of("--victim", victim, "--victim-weights", victimWeights, "--test");
    try (Scope _ = Scope.open("extract");
        DeployedModel deployed =
            DeployedModel.load(named, keys, judged, device, spec.commandLine().getErr());
        ExtractConsole console = new ExtractConsole(spec.commandLine())) {
      StartingNetwork start = start(deployed);
      List<Integer> budgets = options.budgets();
      budgets.forEach(budget -> requireTraining(budget, start));
      start.network(device, common.seed()).release();
      Path folder = RunFolder.prepare(out, resume);
      RunFolder.settle(
          folder,
          RunConfigs.of(spec, common, "extract", device).build(),
          resume,
          FREE_ON_RESUMPTION);
      var judge =
          new ExtractJudge(
              deployed.classifier(),
              deployed.model().architecture(),
              judged,
              attacked,
              threat,
              common.seed());
      var oracle = new QueryOracle(deployed.classifier(), disclosure, limits);
      var run =
          new ExtractRun(
              deployed,
              oracle,
              start,
              asked,
              own,
              options,
              common.seed(),
              judge,
              config(deployed, start.architecture(), asked, device),
              folder,
              console);
      Interruption.watch();
      List<ExtractedCopy> copies = run.run();
      if (Interruption.isRequested()) {
        spec.commandLine()
            .getOut()
            .printf(
                "interrupted with %d of %d copies done; go on with --resume%n",
                copies.size(), budgets.size());
        return Interruption.STATUS;
      }
      finish(
          new ExtractReport(
              options.method() + ", " + strategy + ", " + describe(disclosure),
              judge.victim(),
              copies,
              oracle.queries(),
              oracle.seconds(),
              judge.attacked() == 0 ? Optional.empty() : Optional.of(threat)),
          folder);
      return 0;
    }
  }

  /** Numbers that nothing can be trained with are found before anything is written. */
  private void requireTraining(int budget, StartingNetwork start) {
    CopyTraining training = options.training(budget, start.architecture().imageSize(), 0);
    training.recipe().options(training.checkpoints());
  }

  private static String describe(Disclosure disclosure) {
    var text = new StringBuilder(disclosure.answers().name().toLowerCase(Locale.ROOT));
    disclosure.classes().ifPresent(count -> text.append(" of ").append(count).append(" classes"));
    disclosure.decimals().ifPresent(count -> text.append(" to ").append(count).append(" decimals"));
    return text.toString();
  }

  /** The pictures that copies are judged by. */
  private Dataset judged() throws IOException {
    Selection selection =
        testLimit.map(count -> Selection.limit(count, common.seed())).orElse(Selection.ALL);
    Dataset judged = DataSource.parse(testData()).open(Split.parse(testSplit), selection);
    IntStream.range(0, judged.size())
        .filter(i -> judged.label(i) == Dataset.UNLABELLED)
        .findFirst()
        .ifPresent(
            i -> {
              throw new InputException(
                  "--test %s: the class of %s is not known; copies are judged by labelled pictures"
                      .formatted(test.orElse(""), judged.name(i)));
            });
    return judged;
  }

  private String testData() throws IOException {
    if (test.isPresent()) {
      return test.get();
    }
    Path folder = Path.of(victim);
    Optional<RunConfig.Data> known =
        Files.isDirectory(folder) ? RunConfig.read(folder).data() : Optional.empty();
    return known
        .map(RunConfig.Data::name)
        .orElseThrow(
            () ->
                new InputException(
                    "--test: --victim %s does not say which pictures it is for; name them"
                        .formatted(victim)));
  }

  /** Some of the test pictures, or none. */
  private Optional<Dataset> attacked(Dataset judged) throws IOException {
    if (options.attacked() == 0) {
      return Optional.empty();
    }
    int count = Math.min(options.attacked(), judged.size());
    return Optional.of(
        DataSource.parse(testData())
            .open(Split.parse(testSplit), Selection.limit(count, common.seed())));
  }

  private void requireEnough(Dataset asked, Optional<Dataset> own) {
    for (int budget : options.budgets()) {
      int wanted = ExtractRun.ofPool(budget, own, options);
      if (wanted > asked.size()) {
        throw new InputException(
            "--budget %d: asks about %d pictures of --pool, which has %d, each once: lower it"
                .formatted(budget, wanted, asked.size()));
      }
    }
  }

  /** What each copy begins with. */
  private StartingNetwork start(DeployedModel deployed) throws IOException {
    Architecture copy =
        normalised(Architecture.named(architecture))
            .withImageSize(deployed.model().architecture().imageSize())
            .withClasses(deployed.classifier().classes());
    Extraction.requireFit(deployed.classifier(), copy);
    return new StartingNetwork(copy, weights, Optional.empty(), FineTuning.FULL);
  }

  /** As the weights that it begins with say. */
  private Architecture normalised(Architecture named) throws IOException {
    if (weights.isEmpty()) {
      return named;
    }
    try (Safetensors stored = Safetensors.open(weights.get())) {
      return ModelConfig.statistics(stored).map(named::with).orElse(named);
    }
  }

  /** A copy's folder is a run's folder like any other: evaluate and attack take it. */
  private RunConfig config(
      DeployedModel deployed, Architecture copy, Dataset asked, Device device) {
    List<String> classes =
        IntStream.range(0, copy.classes()).mapToObj(deployed.classNames()).toList();
    return RunConfigs.of(spec, common, "extract", device)
        .withData(pool, asked)
        .withModel(new ModelConfig(copy, classes, Optional.empty()))
        .build();
  }

  private void finish(ExtractReport report, Path folder) throws IOException {
    report.print(spec.commandLine().getOut());
    Answer answer = report.answer();
    answer.write(folder.resolve(ANSWER));
    answer.writeTo(common.json());
  }
}
