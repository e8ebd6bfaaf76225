package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.attacks.AttackResult;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.AttackRun;
import org.wardlock.attacks.evaluation.RecordFolder;
import org.wardlock.attacks.evaluation.RunListener;
import org.wardlock.attacks.evaluation.WilsonInterval;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.data.Dataset;
import org.wardlock.defense.differentiators.DifferentiatorFolder;
import org.wardlock.defense.differentiators.DifferentiatorSet;
import org.wardlock.defense.differentiators.ValidatedClassifier;
import org.wardlock.defense.differentiators.Validation;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The attacker who has student and differentiators, against pruning ratio and vote. */
@Command(
    name = "attack",
    description =
        "Attacks student and differentiators together, by one who has both: targeted APGD until the"
            + " student names the target and enough differentiators agree.",
    mixinStandardHelpOptions = true)
final class DifferentiatorsAttackCommand implements Callable<Integer> {
  /** Batches decide no record, and student and differentiators are told by their digests. */
  private static final Set<String> FREE_ON_RESUMPTION =
      Set.of("--batch", "--student", "--weights", "--differentiators");

  private static final String ANSWER = "differentiators-attack.json";
  private static final String RANDOM = "random";
  private static final String LIKELY = "likely";

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private DifferentiatorsStudent student;
  @Mixin private DifferentiatorsSets sets;
  @Mixin private DataOptions data;
  @Mixin private DifferentiatorsVoting voting;
  @Mixin private PerturbationOptions perturbation;

  @Option(
      names = "--steps",
      defaultValue = "100",
      paramLabel = "N",
      description = "Steps of APGD (default: ${DEFAULT-VALUE}).")
  private int steps;

  @Option(
      names = "--targets",
      defaultValue = LIKELY,
      paramLabel = "likely|random",
      description =
          "The class each picture shall be accepted as: the student's favourite among the wrong"
              + " ones, or any (default: ${DEFAULT-VALUE}).")
  private String targets;

  @Option(
      names = "--batch",
      defaultValue = "16",
      paramLabel = "N",
      description = "Pictures at a time; changes no result (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "Where it goes: a folder for each row, with records and pictures, that evaluate"
              + " --pictures takes.")
  private Path out;

  @Option(names = "--resume", description = "Goes on with the rows in --out.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    List<Validation> validations = voting.parse();
    Threat threat = perturbation.threat();
    InputException.requirePositive("--batch", batch);
    Apgd attack = new Apgd(Loss.CROSS_ENTROPY).iterations(steps);
    if (!targets.equals(LIKELY) && !targets.equals(RANDOM)) {
      throw new InputException(
          "--targets %s: expected %s or %s".formatted(targets, LIKELY, RANDOM));
    }
    Device device = common.prepareDevice();
    Dataset pictures = data.open(common.seed());
    AttackCommand.requireLabels(pictures);
    try (ImageClassifier network = student.load(pictures, device)) {
      List<DifferentiatorFolder> folders = sets.open(network);
      var config =
          RunConfigs.of(spec, common, "differentiators attack", device)
              .withData(data.text(), pictures);
      Path folder = RunFolder.prepare(out, resume);
      RunFolder.settle(folder, config.build(), resume, FREE_ON_RESUMPTION);
      Dataset right = rightlyNamed(network, pictures);
      var rows = new ArrayList<Map<String, Object>>();
      String owner = DifferentiatorFolder.digest(network);
      var undefended = new Row("undefended", Optional.empty(), Optional.empty(), owner);
      rows.add(undefended.run(network, network, attack, threat, right, pictures.size(), folder));
      for (DifferentiatorFolder each : folders) {
        try (DifferentiatorSet set = each.load(network)) {
          for (Validation validation : validations) {
            var row =
                new Row(name(each, validation), Optional.of(each), Optional.of(validation), owner);
            var validated = new ValidatedClassifier(network, set, validation);
            rows.add(row.run(validated, network, attack, threat, right, pictures.size(), folder));
          }
        }
      }
      Answer answer =
          new Answer()
              .put("images", pictures.size())
              .put("attacked", right.size())
              .put("threat", threat.toString())
              .put("targets", targets)
              .put("interval", WilsonInterval.NAME)
              .put("rows", rows);
      answer.write(folder.resolve(ANSWER));
      answer.writeTo(common.json());
    }
    return 0;
  }

  /** Those that an attack can spoil: one that is named wrongly may be its own target already. */
  private static Dataset rightlyNamed(ImageClassifier network, Dataset pictures) {
    int[] places =
        MimicPair.rightlyClassified(network, network.architecture(), pictures).stream()
            .flatMap(List::stream)
            .mapToInt(Integer::intValue)
            .sorted()
            .toArray();
    if (places.length == 0) {
      throw new InputException(
          "--data: the student names none of the %d pictures rightly, so there is nothing to attack"
              .formatted(pictures.size()));
    }
    return pictures.select(places);
  }

  private static String name(DifferentiatorFolder set, Validation validation) {
    return "%s-%d-%s"
        .formatted(DifferentiatorsSets.name(set), validation.asked(), validation.vote());
  }

  /**
   * One classifier under attack.
   *
   * @param name of its folder
   * @param set of differentiators, if any
   * @param validation if any
   * @param owner the student's digest
   */
  private final class Row {
    private final String name;
    private final Optional<DifferentiatorFolder> set;
    private final Optional<Validation> validation;
    private final String owner;

    Row(
        String name,
        Optional<DifferentiatorFolder> set,
        Optional<Validation> validation,
        String owner) {
      this.name = name;
      this.set = set;
      this.validation = validation;
      this.owner = owner;
    }

    Map<String, Object> run(
        Classifier attacked,
        ImageClassifier network,
        Apgd attack,
        Threat threat,
        Dataset dataset,
        int clean,
        Path folder)
        throws IOException {
      var run = new AttackRun(attacked, threat, List.of(attack), common.seed(), batch);
      var source = new DatasetPictures(dataset, network.architecture(), network.device(), false);
      var aimed =
          new DifferentiatorsTargets(source, network, targets.equals(RANDOM), common.seed());
      Path place = Files.createDirectories(folder.resolve(name));
      AttackReport report;
      int reached;
      try (RecordFolder records = records(place, identity(run, dataset), source.shape());
          Progress progress = Progress.of(name, dataset.size())) {
        report = run.run(aimed, records, new Watching(progress));
        reached =
            (int) records.pictures().stream().filter(each -> each.brokenBy().isPresent()).count();
      }
      return answer(report, reached, clean);
    }

    private Map<String, String> identity(AttackRun run, Dataset dataset) throws IOException {
      var identity = new LinkedHashMap<>(run.identity());
      identity.put("student", owner);
      identity.put("data", dataset.identity().digest());
      identity.put("targets", targets);
      if (set.isPresent()) {
        identity.put("differentiators", set.get().digest());
        identity.put("validation", validation.orElseThrow().toString());
      }
      return identity;
    }

    private RecordFolder records(Path place, Map<String, String> identity, Shape shape)
        throws IOException {
      return RecordFolder.resume(place, identity, Optional.of(shape));
    }

    /**
     * The row.
     *
     * @param reached pictures that are accepted as of their targets' classes; the others are kept
     *     as they were, which is rightly named
     * @param pictures all, also those that the student names wrongly
     */
    private Map<String, Object> answer(AttackReport report, int reached, int pictures) {
      Answer answer = new Answer().put("name", name);
      set.ifPresent(
          each -> answer.put("pruned", each.pruned()).put("kind", each.kind().toString()));
      validation.ifPresent(
          each -> answer.put("validate", each.asked()).put("vote", each.vote().toString()));
      int attacked = report.images();
      int accepted = (int) Math.round(report.cleanAccuracy() * attacked);
      DifferentiatorsTally.share(answer, "clean", accepted, pictures);
      DifferentiatorsTally.share(answer, "targeted_success", reached, attacked);
      DifferentiatorsTally.share(answer, "rejected_or_right", attacked - reached, attacked);
      AttackReport.Line line = report.attacks().getFirst();
      answer
          .put("seconds", line.seconds())
          .put("forward", line.forward())
          .put("backward", line.backward());
      PrintWriter console = spec.commandLine().getOut();
      console.printf(
          Locale.ROOT,
          "%-28s clean %.2f %%, accepted as their targets %d of %d%n",
          name,
          100.0 * accepted / pictures,
          reached,
          attacked);
      console.flush();
      return answer.values();
    }
  }

  /** Shows how far a row is. */
  private record Watching(Progress progress) implements RunListener {
    @Override
    public void starting(int pictures, int done, Passes atMost) {
      progress.moveTo(done, "");
    }

    @Override
    public void batchDone(int done, int robust, AttackResult batch) {
      progress.moveTo(done, "");
    }
  }
}
