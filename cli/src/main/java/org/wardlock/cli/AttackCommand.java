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
import org.wardlock.attacks.Passes;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.Transfer;
import org.wardlock.attacks.diagnosis.Checkup;
import org.wardlock.attacks.diagnosis.Diagnosis;
import org.wardlock.attacks.diagnosis.Flag;
import org.wardlock.attacks.evaluation.AttackReport;
import org.wardlock.attacks.evaluation.AttackRun;
import org.wardlock.attacks.evaluation.PassTimes;
import org.wardlock.attacks.evaluation.RecordFolder;
import org.wardlock.attacks.evaluation.Shard;
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
      Set.of("--batch", "--model", "--weights", "--surrogate", "--diagnose");

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
          "Attacks the i-th of n equal parts of the pictures; merge puts the parts together, to the"
              + " records of the whole.")
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
    Optional<Shard> part = shard.map(AttackCommand::parseShard);
    Dataset whole = data.open(common.seed());
    Dataset dataset = part.map(one -> slice(whole, one)).orElse(whole);
    Map<String, String> parts = part.map(one -> one.identity(whole.identity())).orElse(Map.of());
    requireLabels(dataset);
    try (DeployedModel deployed =
        DeployedModel.load(model, keys, dataset, device, spec.commandLine().getErr())) {
      if (surrogate.isEmpty()) {
        attack(
            deployed, deployed.classifier(), threat, attacks, dataset, deployed.identity(), parts);
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
        attack(deployed, imitated, threat, carried, dataset, identity, parts);
      }
    }
    return 0;
  }

  private static Shard parseShard(String text) {
    try {
      return Shard.parse(text);
    } catch (IllegalArgumentException e) {
      throw new InputException("--shard " + e.getMessage());
    }
  }

  private static Dataset slice(Dataset whole, Shard shard) {
    int start = shard.start(whole.size());
    int end = shard.end(whole.size());
    if (start == end) {
      throw new InputException(
          "--shard %s: nothing is left for this part of %d pictures"
              .formatted(shard, whole.size()));
    }
    return whole.slice(start, end);
  }

  /**
   * Attacks and answers.
   *
   * @param practised on what most passes are made: the classifier under attack, or a surrogate
   */
  private void attack(
      DeployedModel deployed,
      Classifier practised,
      Threat threat,
      List<Attack> attacks,
      Dataset dataset,
      Map<String, String> models,
      Map<String, String> parts)
      throws IOException {
    Device device = deployed.model().device();
    AttackRun run = new AttackRun(deployed.classifier(), threat, attacks, common.seed(), batch);
    Map<String, String> identity = run.identity();
    identity.putAll(models);
    identity.put("data", dataset.identity().digest());
    identity.put("targeted", Boolean.toString(options.targeted()));
    identity.putAll(parts);
    RunConfig config =
        RunConfigs.of(spec, common, "attack", device).withData(data.text(), dataset).build();
    Path folder = RunFolder.prepare(out, resume);
    RunFolder.settle(folder, config, resume, FREE_ON_RESUMPTION);
    var pictures =
        new DatasetPictures(dataset, deployed.model().architecture(), device, options.targeted());
    try (RecordFolder records = open(folder, identity, pictures.shape())) {
      List<Flag> flags = new ArrayList<>();
      PassTimes times;
      try (Scope _ = Scope.open("first look")) {
        Pictures sample = pictures.pictures(0, Math.min(SAMPLE, pictures.count()));
        times = PassTimes.measure(practised, sample);
        flags.addAll(look(deployed.classifier(), sample, threat, attacks.getFirst(), times));
      }
      try (AttackConsole console = new AttackConsole(spec.commandLine().getOut(), times)) {
        AttackReport report = run.run(pictures, records, console);
        flags.addAll(Checkup.after(report));
        console.print(report, flags);
        Answer answer = AttackAnswer.of(report, flags).put("threat", threat.toString());
        AttackAnswer.write(answer, folder, common.json());
      }
    }
  }

  private List<Flag> look(
      Classifier classifier, Pictures sample, Threat threat, Attack first, PassTimes times) {
    if (!options.diagnoses()) {
      return new Checkup(classifier, sample).look();
    }
    Diagnosis diagnosis = new Diagnosis(first);
    Passes atMost = diagnosis.cost(threat.norm(), classifier.classes()).times(sample.count());
    AttackConsole.announce(
        spec.commandLine().getOut(), "diagnosis of " + sample.count() + " pictures", atMost, times);
    return diagnosis.look(classifier, sample, threat, common.seed());
  }

  static void requireLabels(Dataset dataset) {
    requireLabels(dataset, "nothing to attack");
  }

  /**
   * The same for other purposes.
   *
   * @param without what cannot be done where a class is not known
   */
  static void requireLabels(Dataset dataset, String without) {
    for (int i = 0; i < dataset.size(); i++) {
      if (dataset.label(i) == Dataset.UNLABELLED) {
        throw new InputException(
            "--data: %s, as the class of %s is not known".formatted(without, dataset.name(i)));
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
}
