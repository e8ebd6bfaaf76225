package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import org.wardlock.data.Dataset;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.defense.differentiators.DifferentiatorFolder;
import org.wardlock.defense.differentiators.DifferentiatorTrainer;
import org.wardlock.defense.differentiators.Distinction;
import org.wardlock.defense.differentiators.Kind;
import org.wardlock.defense.differentiators.Recipe;
import org.wardlock.defense.differentiators.Tuning;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Trains differentiators of a student, for one pruning ratio or several. */
@Command(
    name = "train",
    description = "Prunes a student's network for each pair of classes and fits it a small head.",
    mixinStandardHelpOptions = true)
final class DifferentiatorsTrainCommand implements Callable<Integer> {
  /** The student is told by the digest of its weights, wherever they lie. */
  private static final Set<String> FREE_ON_RESUMPTION = Set.of("--student", "--weights");

  private static final String ANSWER = "differentiators-train.json";
  private static final String ALL = "all";

  @Spec private CommandSpec spec;
  @Mixin private CommonOptions common;
  @Mixin private DifferentiatorsStudent student;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "D",
      description =
          "The student's task: cifar10:DIR, cifar100:DIR, imagenet:DIR, folder:DIR, mnist:DIR, packed:DIR or shapes[:SIZE]; its train part is learnt from.")
  private String data;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Learns from the first N of a class-balanced, seeded order.")
  private Optional<Integer> limit;

  @Option(
      names = "--prune",
      required = true,
      split = ",",
      paramLabel = "R",
      description =
          "The fraction of each layer's units to prune, from 0 to below 1; several with commas between.")
  private List<Double> fractions;

  @Option(
      names = "--kind",
      defaultValue = "pairwise",
      paramLabel = "pairwise|one-vs-rest",
      description = "What each tells apart (default: ${DEFAULT-VALUE}).")
  private String kind;

  @Option(
      names = "--pairs",
      defaultValue = ALL,
      paramLabel = "all|N",
      description =
          "Which pairs: all, or each class with the N that the student takes it for most easily"
              + " (default: ${DEFAULT-VALUE}).")
  private String pairs;

  @Option(
      names = "--tune",
      defaultValue = "head",
      paramLabel = "head|biases|all",
      description =
          "What is trained: the head on what the masked network says, which takes one look at the"
              + " pictures; then also all biases and norms, or all that is not masked (default:"
              + " ${DEFAULT-VALUE}).")
  private String tune;

  @Option(
      names = "--epochs",
      defaultValue = "5",
      paramLabel = "N",
      description =
          "Passes over the pictures for --tune biases or all (default: ${DEFAULT-VALUE}).")
  private int epochs;

  @Option(
      names = "--lr",
      defaultValue = "1e-4",
      paramLabel = "X",
      description = "Learning rate of AdamW in these (default: ${DEFAULT-VALUE}).")
  private double rate;

  @Option(
      names = "--batch",
      defaultValue = "32",
      paramLabel = "N",
      description = "Pictures at a time; no matter for --tune head (default: ${DEFAULT-VALUE}).")
  private int batch;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Where they go: a folder in it for each pruning ratio.")
  private Path out;

  @Option(names = "--resume", description = "Goes on with the next one in --out.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    Kind wanted = Kind.parse(kind);
    Optional<Integer> rivals = rivals(wanted);
    requireFractions();
    Recipe base = Recipe.HEAD;
    var recipe =
        new Recipe(Tuning.parse(tune), base.headSteps(), base.headRate(), epochs, rate, batch);
    Device device = common.prepareDevice();
    Dataset pictures =
        DataSource.parse(data)
            .open(Split.TRAIN, DataOptions.selection(limit, Optional.empty(), common.seed()));
    AttackCommand.requireLabels(pictures);
    try (ImageClassifier network = student.load(pictures, device)) {
      requireEachClass(pictures, network.classes());
      var config =
          RunConfigs.of(spec, common, "differentiators train", device).withData(data, pictures);
      Path folder = RunFolder.prepare(out, resume);
      RunFolder.settle(folder, config.build(), resume, FREE_ON_RESUMPTION);
      Interruption.watch();
      var trainer =
          new DifferentiatorTrainer(
              network,
              pictures,
              some -> Loaders.of(some, network.architecture()),
              recipe,
              common.seed());
      return train(trainer, network, trainer.distinctions(wanted, rivals), folder);
    }
  }

  private Optional<Integer> rivals(Kind wanted) {
    if (pairs.equals(ALL)) {
      return Optional.empty();
    }
    if (wanted != Kind.PAIRWISE) {
      throw new InputException("--pairs %s: there are none of kind %s".formatted(pairs, wanted));
    }
    try {
      int count = Integer.parseInt(pairs);
      if (count > 0) {
        return Optional.of(count);
      }
    } catch (NumberFormatException _) {
      // said below
    }
    throw new InputException("--pairs %s: expected all, or a number from 1".formatted(pairs));
  }

  private void requireFractions() {
    for (double fraction : fractions) {
      if (!(fraction >= 0 && fraction < 1)) {
        throw new InputException(
            "--prune %s: expected fractions from 0 to below 1".formatted(fraction));
      }
    }
    if (new HashSet<>(fractions).size() < fractions.size()) {
      throw new InputException("--prune %s: the same twice".formatted(fractions));
    }
  }

  private static void requireEachClass(Dataset pictures, int classes) {
    int[] counts = new int[classes];
    for (int i = 0; i < pictures.size(); i++) {
      counts[pictures.label(i)]++;
    }
    for (int label = 0; label < classes; label++) {
      if (counts[label] == 0) {
        throw new InputException(
            "--data: none of the %d pictures is of class %d; expected some of each of the %d"
                .formatted(pictures.size(), label, classes));
      }
    }
  }

  private int train(
      DifferentiatorTrainer trainer,
      ImageClassifier network,
      List<Distinction> distinctions,
      Path folder)
      throws IOException {
    PrintWriter console = spec.commandLine().getOut();
    String digest = DifferentiatorFolder.digest(network);
    long studentBytes = bytes(network);
    var rows = new ArrayList<Map<String, Object>>();
    for (double fraction : fractions) {
      DifferentiatorFolder set = begin(folder, digest, network.classes(), fraction, distinctions);
      if (!train(trainer, set)) {
        console.printf(
            "interrupted with %d of %d differentiators left at --prune %s; go on with --resume%n",
            set.missing().size(), distinctions.size(), DifferentiatorsSets.text(fraction));
        return Interruption.STATUS;
      }
      double accuracy = accuracy(set);
      console.printf(
          Locale.ROOT,
          "pruned %s: %d differentiators, %,d bytes, %.2f %% of the student's; %.2f %% right on what they learnt from%n",
          DifferentiatorsSets.text(fraction),
          distinctions.size(),
          set.bytes(),
          100.0 * set.bytes() / studentBytes,
          100 * accuracy);
      rows.add(
          new Answer()
              .put("pruned", fraction)
              .put("differentiators", distinctions.size())
              .put("bytes", set.bytes())
              .put("of_student", (double) set.bytes() / studentBytes)
              .put("train_accuracy", accuracy)
              .values());
    }
    Answer answer =
        new Answer()
            .put("student", digest)
            .put("student_bytes", studentBytes)
            .put("kind", kind)
            .put("tuned", tune)
            .put("rows", rows);
    answer.write(folder.resolve(ANSWER));
    answer.writeTo(common.json());
    return 0;
  }

  /** The folder of a pruning ratio, begun now or before. */
  private static DifferentiatorFolder begin(
      Path folder, String digest, int classes, double fraction, List<Distinction> distinctions)
      throws IOException {
    Path place = folder.resolve(DifferentiatorsSets.name(fraction));
    if (DifferentiatorFolder.isIn(place)) {
      DifferentiatorFolder begun = DifferentiatorFolder.open(place);
      begun.requireStudent(digest);
      return begun;
    }
    Distinction any = distinctions.getFirst();
    var set =
        new DifferentiatorFolder(
            Files.createDirectories(place),
            digest,
            any instanceof Distinction.Pair ? Kind.PAIRWISE : Kind.ONE_VS_REST,
            classes,
            fraction,
            distinctions);
    set.begin();
    return set;
  }

  /** Trains what is missing; false if the user interrupts. */
  private static boolean train(DifferentiatorTrainer trainer, DifferentiatorFolder set)
      throws IOException {
    int count = set.distinctions().size();
    List<Distinction> missing = set.missing();
    String task = "pruned " + DifferentiatorsSets.text(set.pruned());
    try (Progress progress = Progress.resumed(task, count, count - missing.size())) {
      for (Distinction distinction : missing) {
        if (Interruption.isRequested()) {
          return false;
        }
        set.write(trainer.train(distinction, set.pruned()));
        progress.step();
      }
    }
    return true;
  }

  private static double accuracy(DifferentiatorFolder set) throws IOException {
    double sum = 0;
    for (Distinction distinction : set.distinctions()) {
      sum += set.accuracy(distinction);
    }
    return sum / set.distinctions().size();
  }

  /** What the student's numbers take in float32, as differentiators hold theirs. */
  private static long bytes(ImageClassifier network) {
    return network.weights().names().stream()
        .mapToLong(name -> Float.BYTES * network.weights().shape(name).count())
        .sum();
  }
}
