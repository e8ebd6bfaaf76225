package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.attacks.Attack;
import org.wardlock.attacks.Threat;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.defense.Derivation;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.nn.evaluate.Evaluator;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.nn.train.TrainingResult;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes many keyed models of one pre-trained model, each an adapter behind a key of its own. */
@Command(
    name = "proliferate",
    description =
        "Makes N keyed models of a pre-trained one, each an adapter behind a fresh key, and measures"
            + " how adversarial pictures carry over among them.",
    mixinStandardHelpOptions = true)
final class ProliferateCommand implements Callable<Integer> {
  /** How often the state is saved decides no bit. */
  private static final Set<String> FREE_ON_RESUMPTION = Set.of("--checkpoint-every");

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private TrainingDataOptions data;
  @Mixin private KeyKindOptions kind;
  @Mixin private PasswordOptions passwords;
  @Mixin private CustodyOptions custody;
  @Mixin private TrainingOptionsMixin training;
  @Mixin private FineTuningOptions tuning;
  @Mixin private TransferOptions transfer;

  @Option(
      names = "--count",
      required = true,
      paramLabel = "N",
      description = "How many keys, and models.")
  private int count;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Folder of keys, adapters and the answer.")
  private Path out;

  @Option(names = "--resume", description = "Goes on with the run in --out.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    if (count < 1) {
      throw new InputException("--count %s: expected at least 1".formatted(count));
    }
    KeySpec keySpec = kind.parse(Derivation.SECURE);
    Threat threat = transfer.threat();
    Attack attack = transfer.attack();
    Device device = common.prepareDevice();
    Dataset attacked = data.validation(Selection.limit(transfer.pictures(), common.seed()));
    AttackCommand.requireLabels(attacked);
    Dataset pictures = data.training(common.seed());
    StartingNetwork start = start(pictures);
    requireFit(keySpec, start);
    TrainingPlan plan =
        TrainingPlan.of(start, training, pictures, data.validation(), device, common.seed());
    FineTuning.Counts counts = counts(plan);
    char[] password = passwords.read(!new ProliferationFolder(out).hasKeys());
    try {
      ProliferationFolder folder = prepareFolder(pictures, device);
      List<String> keys =
          folder.settleKeys(keySpec, count, password, id -> open(folder, id, password));
      Interruption.watch();
      List<ProliferatedModel> models = train(plan, folder, keys, password);
      List<TransferMatrix.Row> rows =
          models.size() < count
              ? List.of()
              : fill(matrix(attack, attacked, plan, folder), plan, folder, keys, password);
      if (rows.size() < count) {
        spec.commandLine()
            .getOut()
            .printf(
                "interrupted with %d of %d models and %d of their rows done; go on with --resume%n",
                models.size(), count, rows.size());
        return Interruption.STATUS;
      }
      long base = Files.size(start.weights().orElseThrow());
      finish(new ProliferationReport(counts, base, models, threat, attacked.size(), rows), folder);
      return 0;
    } finally {
      Arrays.fill(password, '\0');
    }
  }

  /** The base, of which a part alone is to be changed. */
  private StartingNetwork start(Dataset pictures) throws IOException {
    StartingNetwork start = model.pretrained(pictures, tuning.parse());
    if (!start.makesAdapter()) {
      throw new InputException(
          "--count %s: all parts would be trained, which makes no adapters; choose what is by --train patch-embed,head or --lora-rank 8"
              .formatted(count));
    }
    return start;
  }

  private static void requireFit(KeySpec keySpec, StartingNetwork start) {
    int size = start.architecture().imageSize();
    try (Key any = Key.generate(keySpec)) {
      any.pixelMap(3, size, size);
    }
  }

  /** Also finds out whether the base can be read, before anything is written. */
  private static FineTuning.Counts counts(TrainingPlan plan) throws IOException {
    try (PreparedTraining any = plan.prepare(Optional.empty())) {
      return any.counts();
    }
  }

  private ProliferationFolder prepareFolder(Dataset pictures, Device device) throws IOException {
    Path folder = RunFolder.prepare(out, resume);
    RunFolder.settle(folder, config(pictures, device).build(), resume, FREE_ON_RESUMPTION);
    return new ProliferationFolder(folder);
  }

  private RunConfigs config(Dataset pictures, Device device) {
    return RunConfigs.of(spec, common, "proliferate", device).withData(data.text(), pictures);
  }

  /** The models, in order; fewer than keys if the user interrupts. */
  private List<ProliferatedModel> train(
      TrainingPlan plan, ProliferationFolder folder, List<String> keys, char[] password)
      throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    var models = new ArrayList<ProliferatedModel>();
    for (String id : keys) {
      Path place = folder.model(models.size());
      console.printf("model %d of %d, key %s%n", models.size(), keys.size(), id);
      console.flush();
      if (Files.exists(place.resolve(ProliferatedModel.FILE))) {
        console.println("done before");
        models.add(ProliferatedModel.read(place));
        continue;
      }
      try (Key key = open(folder, id, password);
          PreparedTraining prepared = plan.prepare(Optional.of(key))) {
        RunConfig run = config(plan.pictures(), plan.device()).withModel(prepared.config()).build();
        run.write(Files.createDirectories(place));
        TrainingResult result = prepared.run(place, true, spec.commandLine());
        if (!result.completed()) {
          return models;
        }
        double top1 = validate(plan, place, key);
        if (Interruption.isRequested()) {
          return models;
        }
        long epoch = (long) plan.pictures().size() / plan.batch() * plan.batch();
        var finished = ProliferatedModel.of(Adapter.open(place), top1, result.epochs(), epoch);
        finished.write(place);
        models.add(finished);
      }
    }
    return models;
  }

  /** Accuracy of the adapter as it is stored: training saw it before it was rounded. */
  private static double validate(TrainingPlan plan, Path adapter, Key key) throws IOException {
    try (KeyedClassifier stored = load(plan, adapter, key)) {
      return new Evaluator(plan.validationLoader())
          .evaluate(stored, _ -> {}, Interruption::isRequested)
          .top1();
    }
  }

  private static KeyedClassifier load(TrainingPlan plan, Path adapter, Key key) throws IOException {
    return KeyedClassifier.load(plan.start().weights().orElseThrow(), adapter, key, plan.device());
  }

  private TransferMatrix matrix(
      Attack attack, Dataset attacked, TrainingPlan plan, ProliferationFolder folder) {
    return new TransferMatrix(
        folder.transfer(),
        new DatasetPictures(attacked, plan.start().architecture(), plan.device(), false),
        attacked.identity().digest(),
        attack,
        transfer.threat(),
        common.seed());
  }

  /** The rows of the transfer matrix, in order; fewer than models if the user interrupts. */
  private List<TransferMatrix.Row> fill(
      TransferMatrix matrix,
      TrainingPlan plan,
      ProliferationFolder folder,
      List<String> keys,
      char[] password)
      throws IOException {
    List<TransferMatrix.Row> rows = matrix.done();
    if (rows.size() >= keys.size()) {
      return rows;
    }
    var models = new ArrayList<KeyedClassifier>();
    try {
      for (String id : keys) {
        try (Key key = open(folder, id, password)) {
          models.add(load(plan, folder.model(models.size()), key));
        }
      }
      while (rows.size() < models.size() && !Interruption.isRequested()) {
        spec.commandLine().getOut().println("pictures made on model " + rows.size());
        rows = matrix.next(rows, models, Interruption::isRequested);
      }
      return rows;
    } finally {
      models.forEach(KeyedClassifier::close);
    }
  }

  private Key open(ProliferationFolder folder, String id, char[] password) throws IOException {
    return custody.open("--out", folder.keys(), () -> Optional.of(id), password.clone());
  }

  private void finish(ProliferationReport report, ProliferationFolder folder) throws IOException {
    report.print(spec.commandLine().getOut());
    Answer answer = report.answer();
    answer.write(folder.answer());
    answer.writeTo(common.json());
  }
}
