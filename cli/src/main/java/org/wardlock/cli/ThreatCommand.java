package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.evaluation.PassTimes;
import org.wardlock.attacks.evaluation.PictureSource;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.defense.Key;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.RunConfig;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.threat.GridRows;
import org.wardlock.threat.Means;
import org.wardlock.threat.Row;
import org.wardlock.threat.Surrogate;
import org.wardlock.threat.ThreatGrid;
import org.wardlock.threat.ThreatReport;
import org.wardlock.threat.ThreatSetting;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** The grid of attackers. */
@Command(
    name = "threat",
    description =
        "Attacks a keyed model as everybody could: without the key, with guesses, with queries, with"
            + " the weights, with everything.",
    mixinStandardHelpOptions = true)
final class ThreatCommand implements Callable<Integer> {
  /** Where the answer lies in the run's folder. */
  static final String ANSWER = "threat.json";

  /** Where attacker E trains, in the run's folder. */
  private static final String OWN_TRAINING = "own-key";

  /** Where attacker G makes copies, likewise. */
  private static final String COPIES = "copies";

  /** Batches decide no record; models are told by their weights, wherever they lie. */
  private static final Set<String> FREE_ON_RESUMPTION =
      Set.of(
          "--batch",
          "--model",
          "--weights",
          HeldModels.BASE,
          "--surrogate",
          "--surrogate-key",
          "--train-surrogate",
          "--reused",
          "--pool",
          "--rows");

  /** How many pictures the pace is measured on. */
  private static final int SAMPLE = 32;

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private ModelOptions model;
  @Mixin private DataOptions data;
  @Mixin private KeyOptions keys;
  @Mixin private ThreatOptions options;

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
      description = "Folder of threat.json and each row's records.")
  private Path out;

  @Option(
      names = "--resume",
      description = "Goes on with the rows in --out; may be given more of them.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    options.threat();
    Device device = common.prepareDevice();
    Dataset dataset = data.open(common.seed());
    AttackCommand.requireLabels(dataset);
    try (Scope _ = Scope.open("threat");
        DeployedModel deployed =
            DeployedModel.load(model, keys, dataset, device, spec.commandLine().getErr());
        HeldModels held = new HeldModels(deployed, dataset);
        ThreatConsole console = new ThreatConsole(spec.commandLine().getOut())) {
      OwnPictures pool = own(dataset);
      OwnPictures own = pool.first(options.poolLimit());
      ThreatSetting setting = setting(deployed, held, own, console);
      Architecture architecture = deployed.model().architecture();
      PictureSource pictures = source(dataset, architecture, device);
      Means means =
          means(
              held,
              new Means.Pool(
                  pool.first(options.copyQueries()),
                  options.recipe(architecture),
                  pictures,
                  out.resolve(COPIES)));
      List<Row> rows = GridRows.choose(GridRows.of(setting, means), options.rows());
      Map<String, String> identity = deployed.identity();
      identity.put("data", dataset.identity().digest());
      identity.put("own pictures", own.size() + " of " + own.identity().digest());
      ThreatGrid grid = new ThreatGrid(setting, rows, pictures, identity);
      Path folder = prepareFolder(dataset, device);
      console.cost(pictures.count(), rows, grid.cost(), pace(setting, pictures));
      ThreatReport report = grid.run(folder);
      console.print(report);
      Answer answer = ThreatAnswer.of(report, setting.threat());
      answer.write(folder.resolve(ANSWER));
      answer.writeTo(common.json());
    }
    return 0;
  }

  private Path prepareFolder(Dataset dataset, Device device) throws IOException {
    RunConfig config =
        RunConfigs.of(spec, common, "threat", device).withData(data.text(), dataset).build();
    Path folder = RunFolder.prepare(out, resume);
    RunFolder.settle(folder, config, resume, FREE_ON_RESUMPTION);
    return folder;
  }

  /** How fast the model under attack is here. */
  private static PassTimes pace(ThreatSetting setting, PictureSource pictures) throws IOException {
    try (Scope _ = Scope.open("first look")) {
      Pictures sample = pictures.pictures(0, Math.min(SAMPLE, pictures.count()));
      PassTimes.measure(setting.model().classifier(), sample);
      return PassTimes.measure(setting.model().classifier(), sample);
    }
  }

  private ThreatSetting setting(
      DeployedModel deployed, HeldModels held, Dataset own, ThreatConsole console)
      throws IOException {
    Architecture architecture = deployed.model().architecture();
    return new ThreatSetting(
        deployed.classifier(),
        deployed.keySpec(),
        held.attacked(),
        held.bases(options.bases()),
        source(own, architecture, deployed.model().device()),
        options.threat(),
        common.seed(),
        batch,
        console);
  }

  private Means means(HeldModels held, Means.Pool pool) throws IOException {
    Optional<Means.Held> surrogate = Optional.empty();
    if (options.surrogateKey().isPresent()) {
      try (Key key = keys.load(options.surrogateKey().get())) {
        surrogate = Optional.of(held.keyed("--surrogate", options.surrogate().get(), key));
      }
    }
    if (options.reused().isPresent() && (!keys.isNamed() || held.isOfEnsemble())) {
      throw new InputException("--reused: the model has no key, or not one, that could be reused");
    }
    Optional<Means.Held> reused = Optional.empty();
    Optional<Surrogate> behindTable = Optional.empty();
    Optional<Key> known = held.isOfEnsemble() ? Optional.empty() : keys.load();
    if (known.isPresent()) {
      try (Key key = known.get()) {
        behindTable = held.behindTable(key);
        if (options.reused().isPresent()) {
          reused = Optional.of(held.keyed("--reused", options.reused().get(), key));
        }
      }
    }
    return new Means(
        held.describe(options.bases()),
        surrogate,
        options.trainsSurrogate() ? Optional.of(out.resolve(OWN_TRAINING)) : Optional.empty(),
        reused,
        behindTable,
        Optional.of(pool),
        options.queries(),
        options.labelQueries());
  }

  private OwnPictures own(Dataset evaluated) {
    DataSource source = DataSource.parse(options.pool().orElse(data.text()));
    int most = Math.max(options.poolLimit(), options.copyQueries());
    int enough = Math.addExact(most, evaluated.size());
    Dataset pool = source.open(Split.TRAIN, Selection.limit(enough, common.seed()));
    return OwnPictures.of(pool, evaluated, most);
  }

  private static PictureSource source(Dataset dataset, Architecture architecture, Device device) {
    return new DatasetPictures(dataset, architecture, device, false);
  }
}
