package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.attacks.Features;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.attacks.mimic.StructuralDissimilarity;
import org.wardlock.data.Dataset;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The attack of Wang et al. (2018) on what was made from a public network. */
@Command(
    name = "mimic",
    description =
        "Attacks a model that was fine-tuned from a public one: gives pictures the public model's features"
            + " of other pictures, under a budget of structural dissimilarity.",
    mixinStandardHelpOptions = true)
final class MimicCommand implements Callable<Integer> {
  /** How many pairs are at work together decides no record; models are told by their weights. */
  private static final Set<String> FREE_ON_RESUMPTION = Set.of("--batch", "--teacher", "--student");

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private DataOptions data;
  @Mixin private MimicOptions mimicry;
  @Mixin private KeyOptions keys;

  @Option(
      names = "--teacher",
      required = true,
      paramLabel = "M",
      description = "The public model: " + MimicTeacher.NAMES + ".")
  private String teacherName;

  @Option(
      names = "--student",
      required = true,
      paramLabel = "M",
      description =
          "The model under attack, a folder that train made; an adapter of the teacher, too.")
  private Path studentFolder;

  @Option(
      names = "--targets",
      defaultValue = "1",
      paramLabel = "N",
      description =
          "Untargeted with more than 1: each source gets pictures of so many classes, and what comes nearest"
              + " to its own counts (default: ${DEFAULT-VALUE}).")
  private int targets;

  @Option(
      names = "--batch",
      defaultValue = "4",
      paramLabel = "N",
      description =
          "Pairs at a time, recorded together; changes no result (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the records.")
  private Path out;

  @Option(names = "--resume", description = "Goes on with the records in --out.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    requireNumbers();
    Device device = common.prepareDevice();
    Dataset dataset = data.open(common.seed());
    AttackCommand.requireLabels(dataset);
    try (MimicTeacher teacher = MimicTeacher.load(teacherName, device);
        MimicStudent student =
            MimicStudent.load(studentFolder, List.of(teacher), keys, dataset, device)) {
      Features features = teacher.features(mimicry.cutoff());
      student.requireSamePictures(teacher);
      RunConfig config =
          RunConfigs.of(spec, common, "mimic", device).withData(data.text(), dataset).build();
      Path folder = RunFolder.prepare(out, resume);
      RunFolder.settle(folder, config, resume, FREE_ON_RESUMPTION);
      var records = new MimicFolder(folder);
      var models = new LinkedHashMap<>(teacher.identity());
      models.putAll(student.identity());
      records.settle(models);
      mimic(features, student, dataset, records);
    }
    return 0;
  }

  private void requireNumbers() {
    mimicry.requireNumbers();
    InputException.requirePositive("--targets", targets);
    InputException.requirePositive("--batch", batch);
  }

  private void mimic(Features features, MimicStudent student, Dataset dataset, MimicFolder folder)
      throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    Architecture architecture = student.network().architecture();
    List<List<Integer>> right =
        MimicPair.rightlyClassified(student.classifier(), architecture, dataset);
    List<MimicPair> pairs = MimicPair.choose(right, mimicry.pairs(), targets, common.seed());
    var pictures = new DatasetPictures(dataset, architecture, student.network().device(), false);
    var run =
        new MimicRun(
            features,
            student.classifier(),
            pictures,
            pairs,
            mimicry.budgets(),
            mimicry.steps(),
            batch);
    Shape one = student.network().imageShape();
    int scales = StructuralDissimilarity.scales(one.extent(1), one.extent(2));
    int done = run.done(folder);
    console.printf(
        Locale.ROOT,
        "%d of %d pictures are rightly classified; %d pairs of them; structural similarity at %d of 5 scales%n",
        right.stream().mapToInt(List::size).sum(),
        dataset.size(),
        pairs.size(),
        scales);
    announce(run, done, console);
    List<MimicAnswer> rounds = new ArrayList<>();
    try (Progress progress = Progress.resumed("mimic", run.tasks(), done)) {
      for (double budget : mimicry.budgets()) {
        rounds.add(new MimicAnswer(budget, run.run(folder.round(budget), progress::step)));
      }
    }
    answer(rounds, right, scales, folder, console);
  }

  private static void announce(MimicRun run, int done, PrintWriter console) throws IOException {
    int left = run.tasks() - done;
    String resumed = done > 0 ? ", " + done + " of them done before" : "";
    if (left == 0) {
      console.printf(Locale.ROOT, "%d mimicking pictures, all of them done before%n", run.tasks());
      return;
    }
    Passes passes = run.cost(left);
    Duration time = Duration.ofMillis(Math.round(1000 * run.pace() * passes.backward()));
    console.printf(
        Locale.ROOT,
        "%d mimicking pictures%s; at most %,d forward and %,d backward passes through the teacher, %s at the pace of a first look%n",
        run.tasks(),
        resumed,
        passes.forward(),
        passes.backward(),
        AttackConsole.inWords(time));
  }

  private void answer(
      List<MimicAnswer> rounds,
      List<List<Integer>> right,
      int scales,
      MimicFolder folder,
      PrintWriter console)
      throws IOException {
    rounds.forEach(round -> round.print(console));
    console.printf(Locale.ROOT, "intervals: %s, of pairs drawn like these%n", WilsonInterval.NAME);
    var answer = new Answer();
    rounds.getFirst().putInto(answer);
    answer
        .put("interval", WilsonInterval.NAME)
        .put("scales", scales)
        .put("rightly_classified", right.stream().mapToInt(List::size).sum())
        .put(
            "budgets",
            rounds.stream()
                .map(
                    round -> {
                      var one = new Answer();
                      round.putInto(one);
                      return one.values();
                    })
                .toList());
    answer.write(folder.path().resolve(MimicFolder.ANSWER));
    answer.writeTo(common.json());
  }
}
