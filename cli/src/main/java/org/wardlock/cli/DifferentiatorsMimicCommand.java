package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.data.Dataset;
import org.wardlock.defense.differentiators.DifferentiatorFolder;
import org.wardlock.defense.differentiators.DifferentiatorSet;
import org.wardlock.defense.differentiators.ValidatedClassifier;
import org.wardlock.defense.differentiators.Validation;
import org.wardlock.defense.differentiators.Verdict;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The mimic attack by one who has the differentiators, too. */
@Command(
    name = "mimic",
    description =
        "The mimic attack by one who has the differentiators, too: gives pictures the features of"
            + " other pictures in the eyes of the student and of all that will be asked.",
    mixinStandardHelpOptions = true)
final class DifferentiatorsMimicCommand implements Callable<Integer> {
  /** Student and differentiators are told by their digests. */
  private static final Set<String> FREE_ON_RESUMPTION =
      Set.of("--student", "--weights", "--differentiators");

  private static final String ANSWER = "differentiators-mimic.json";

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private DifferentiatorsStudent student;
  @Mixin private DifferentiatorsSets sets;
  @Mixin private DataOptions data;
  @Mixin private MimicOptions mimicry;
  @Mixin private DifferentiatorsVoting voting;

  @Option(
      names = "--stop-when-accepted",
      description =
          "Leaves a picture alone once it is accepted as of the target's class, whatever --vote; looks every"
              + " 25 steps. Changes no success, but what is left is barely accepted.")
  private boolean stopWhenAccepted;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where it goes: a folder for each set and budget, with records and pictures.")
  private Path out;

  @Option(names = "--resume", description = "Goes on with the records in --out.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    List<Validation> validations = voting.parse();
    mimicry.requireNumbers();
    Device device = common.prepareDevice();
    Dataset dataset = data.open(common.seed());
    AttackCommand.requireLabels(dataset);
    try (ImageClassifier network = student.load(dataset, device)) {
      List<DifferentiatorFolder> folders = sets.open(network);
      // refused before anything is made
      MimicOptions.features(network, mimicry.cutoff());
      var config =
          RunConfigs.of(spec, common, "differentiators mimic", device)
              .withData(data.text(), dataset);
      Path folder = RunFolder.prepare(out, resume);
      RunFolder.settle(folder, config.build(), resume, FREE_ON_RESUMPTION);
      Interruption.watch();
      List<MimicPair> pairs =
          MimicPair.choose(
              MimicPair.rightlyClassified(network, network.architecture(), dataset),
              mimicry.pairs(),
              1,
              common.seed());
      var rows = new ArrayList<Map<String, Object>>();
      for (DifferentiatorFolder each : folders) {
        try (DifferentiatorSet set = each.load(network)) {
          var validated =
              new ValidatedClassifier(network, set, DifferentiatorsVoting.widest(validations));
          var pictures = new DatasetPictures(dataset, network.architecture(), device, false);
          var run =
              new DifferentiatorsMimicRun(
                  network,
                  validated,
                  pictures,
                  pairs,
                  mimicry.cutoff(),
                  mimicry.steps(),
                  stopWhenAccepted ? validations : List.of());
          var place =
              new MimicFolder(
                  Files.createDirectories(folder.resolve(DifferentiatorsSets.name(each))));
          place.settle(Map.of("student", each.student(), "differentiators", each.digest()));
          if (!run(run, place, each, validations, rows)) {
            spec.commandLine().getOut().println("interrupted; go on with --resume");
            return Interruption.STATUS;
          }
        }
      }
      Answer answer =
          new Answer()
              .put("pairs", mimicry.pairs())
              .put("cutoff", mimicry.cutoff())
              .put("interval", WilsonInterval.NAME)
              .put("rows", rows);
      answer.write(folder.resolve(ANSWER));
      answer.writeTo(common.json());
    }
    return 0;
  }

  /** The rounds of one set; false if the user interrupts. */
  private boolean run(
      DifferentiatorsMimicRun run,
      MimicFolder place,
      DifferentiatorFolder set,
      List<Validation> validations,
      List<Map<String, Object>> rows)
      throws IOException {
    for (double budget : mimicry.budgets()) {
      MimicRound round = place.round(budget);
      List<MimicRecord> records;
      String task = "%s at %s".formatted(DifferentiatorsSets.name(set), budget);
      try (Progress progress = Progress.resumed(task, mimicry.pairs(), round.records().size())) {
        records = run.run(round, progress::step);
      }
      if (records.size() < mimicry.pairs()) {
        return false;
      }
      try (Scope _ = Scope.open("mimicking pictures")) {
        var kept =
            DifferentiatorsPictures.read(
                round.path(), run.student().imageShape(), run.student().classes());
        double steps = records.stream().mapToInt(MimicRecord::steps).average().orElseThrow();
        List<Verdict> verdicts = run.validated().judge(kept.images().to(run.student().device()));
        for (Validation validation : validations) {
          var tally = DifferentiatorsTally.of(verdicts, validation, kept.labels());
          int accepted = accepted(records, verdicts, validation);
          rows.add(row(set, budget, validation, tally, accepted, steps));
        }
      }
    }
    return true;
  }

  /** How many pictures are accepted as of their target's class. */
  private static int accepted(
      List<MimicRecord> records, List<Verdict> verdicts, Validation validation) {
    int accepted = 0;
    for (int i = 0; i < records.size(); i++) {
      boolean isTarget = verdicts.get(i).named() == records.get(i).targetClass();
      accepted += isTarget && verdicts.get(i).isAccepted(validation) ? 1 : 0;
    }
    return accepted;
  }

  private Map<String, Object> row(
      DifferentiatorFolder set,
      double budget,
      Validation validation,
      DifferentiatorsTally tally,
      int accepted,
      double steps) {
    Answer row =
        new Answer()
            .put("pruned", set.pruned())
            .put("kind", set.kind().toString())
            .put("dssim", budget)
            .put("validate", validation.asked())
            .put("vote", validation.vote().toString());
    tally.putAttacked(row);
    DifferentiatorsTally.share(row, "targeted_success", accepted, tally.pictures());
    row.put("steps", steps);
    PrintWriter console = spec.commandLine().getOut();
    console.printf(
        Locale.ROOT,
        "pruned %s, %s, dssim %s, %d asked, %s: %d of %d accepted as their targets; %d of %d that fool the student stopped%n",
        DifferentiatorsSets.text(set.pruned()),
        set.kind(),
        budget,
        validation.asked(),
        validation.vote(),
        accepted,
        tally.pictures(),
        tally.wrongRejected(),
        tally.wrong());
    console.flush();
    return row.values();
  }
}
