package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.diagnosis.Checkup;
import org.wardlock.attacks.diagnosis.Flag;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.AttackRun;
import org.wardlock.attacks.evaluation.RecordFolder;
import org.wardlock.data.Dataset;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Accuracy under attack. */
@Command(
    name = "attack",
    description = "Attacks a model as it is deployed and counts what still stands.")
final class AttackCommand implements Callable<Integer> {
  /** Batches decide no record, and models are told by their weights, wherever they lie. */
  private static final Set<String> FREE_ON_RESUMPTION =
      Set.of("--batch", "--model", "--weights", "--surrogate");

  /** How many pictures the classifier is looked at with before it is attacked. */
  private static final int SAMPLE = 32;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;
  @Mixin private KeyOptions keys;
  @Mixin private AttackOptions options;

  // not the usual pair of help and version: here --version says which AutoAttack
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  private boolean help;

  @Option(
      names = "--batch",
      defaultValue = "64",
      paramLabel = "N",
      description = "Pictures at a time; changes no result (default: 64).")
  private int batch;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of the records.")
  private Path out;

  @Option(
      names = "--surrogate",
      paramLabel = "DIR",
      description =
          "Makes the pictures on this run folder's model and only shows them to the one under attack.")
  private Optional<Path> surrogate;

  @Option(
      names = "--shard",
      paramLabel = "i/n",
      description =
          "Attacks the i-th of n equal parts of the pictures; the records of all parts, one after the"
              + " other, are those of the whole.")
  private Optional<String> shard;

  @Option(
      names = "--keep-images",
      description =
          "Also keeps the pictures, as the attacks leave them, in adversarial.safetensors.")
  private boolean keepImages;

  @Option(names = "--resume", description = "Goes on with the records in --out.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    Threat threat = options.threat();
    List<Attack> attacks = options.parse();
    Device device = common.prepareDevice();
    Optional<Shard> part = shard.map(Shard::parse);
    Dataset whole = data.open(common.seed());
    Dataset dataset = part.map(one -> one.of(whole)).orElse(whole);
    requireLabels(dataset);
    try (DeployedModel deployed =
        DeployedModel.load(model, keys, dataset, device, spec.commandLine().getErr())) {
      if (surrogate.isEmpty()) {
        attack(deployed, threat, attacks, dataset, deployed.identity());
        return 0;
      }
      ModelFolder known = ModelFolder.open(surrogate.get());
      try (ImageClassifier imitated = known.classifier(device)) {
        requireAlike(deployed, imitated, dataset, known);
        List<Attack> carried =
            attacks.stream().<Attack>map(attack -> new Transfer(attack, imitated)).toList();
        Map<String, String> identity = deployed.identity();
        Path weights = known.folder().resolve(ModelFolder.WEIGHTS);
        identity.putAll(
            DeployedModel.identity("surrogate", known.config().architecture(), weights));
        attack(deployed, threat, carried, dataset, identity);
      }
    }
    return 0;
  }

  private void attack(
      DeployedModel deployed,
      Threat threat,
      List<Attack> attacks,
      Dataset dataset,
      Map<String, String> models)
      throws IOException {
    Device device = deployed.model().device();
    AttackRun run = new AttackRun(deployed.classifier(), threat, attacks, common.seed(), batch);
    Map<String, String> identity = run.identity();
    identity.putAll(models);
    identity.put("data", dataset.identity().digest());
    identity.put("targeted", Boolean.toString(options.targeted()));
    RunConfig config =
        RunConfigs.of(spec, common, "attack", device).withData(data.text(), dataset).build();
    Path folder = RunFolder.prepare(out, resume);
    RunFolder.settle(folder, config, resume, FREE_ON_RESUMPTION);
    var pictures =
        new DatasetPictures(dataset, deployed.model().architecture(), device, options.targeted());
    try (RecordFolder records = open(folder, identity, pictures.shape());
        AttackConsole console = new AttackConsole(spec.commandLine().getOut())) {
      List<Flag> flags = new ArrayList<>(lookAt(deployed.classifier(), pictures));
      AttackReport report = run.run(pictures, records, console);
      flags.addAll(Checkup.after(report));
      console.print(report, flags);
      answer(report, flags).put("threat", threat.toString()).writeTo(common.json());
    }
  }

  private static List<Flag> lookAt(Classifier classifier, DatasetPictures pictures) {
    try (Scope _ = Scope.open("check-up")) {
      int sample = Math.min(SAMPLE, pictures.count());
      return new Checkup(classifier, pictures.pictures(0, sample)).look();
    }
  }

  static void requireLabels(Dataset dataset) {
    for (int i = 0; i < dataset.size(); i++) {
      if (dataset.label(i) == Dataset.UNLABELLED) {
        throw new InputException(
            "--data: nothing to attack, as the class of %s is not known"
                .formatted(dataset.name(i)));
      }
    }
  }

  private static void requireAlike(
      DeployedModel attacked, ImageClassifier imitated, Dataset dataset, ModelFolder known) {
    ClassFit.require(dataset, "--surrogate " + known.folder(), known.config());
    if (!imitated.imageShape().equals(attacked.model().imageShape())) {
      throw new InputException(
          "--surrogate %s: takes pictures of shape %s, but the model under attack %s"
              .formatted(known.folder(), imitated.imageShape(), attacked.model().imageShape()));
    }
  }

  private RecordFolder open(Path folder, Map<String, String> identity, Shape pictures)
      throws IOException {
    Optional<Shape> kept = keepImages ? Optional.of(pictures) : Optional.empty();
    return resume
        ? RecordFolder.resume(folder, identity, kept)
        : RecordFolder.begin(folder, identity, kept);
  }

  static Answer answer(AttackReport report, List<Flag> flags) {
    return new Answer()
        .put("images", report.images())
        .put("clean_accuracy", report.cleanAccuracy())
        .put("robust_accuracy", report.robustAccuracy())
        .put("robust_accuracy_at_8bit", report.robustAccuracyAt8Bit())
        .put("attacks", lines(report.attacks()))
        .put("max_norm", report.maxNorm())
        .put(
            "flags",
            flags.stream()
                .map(
                    flag ->
                        new Answer()
                            .put("name", flag.name())
                            .put("seen", flag.seen())
                            .put("next", flag.next())
                            .values())
                .toList());
  }

  /** The attacks' parts, one object each. */
  static List<Map<String, Object>> lines(List<AttackReport.Line> attacks) {
    return attacks.stream()
        .map(
            line ->
                new Answer()
                    .put("name", line.name())
                    .put("robust_after", line.robustAfter())
                    .put("seconds", line.seconds())
                    .put("forward", line.forward())
                    .put("backward", line.backward())
                    .values())
        .toList();
  }
}
