package org.wardlock.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.extraction.Extraction;
import org.wardlock.data.Augmentation;
import org.wardlock.nn.model.Architecture;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the attackers of the grid may do, and what they are given. */
final class ThreatOptions {
  private static final int COPY_BATCH = 128;
  private static final double COPY_RATE = 0.01;
  private static final double COPY_DECAY = 0.05;

  @Mixin private PerturbationOptions perturbation;

  @Option(
      names = HeldModels.BASE,
      split = ",",
      paramLabel = "M",
      description =
          "Public plain models, for attackers A and D, with commas between: each "
              + PublicModel.NAMES
              + ". Those of as many classes are one ensemble for A.")
  private List<String> bases = List.of();

  @Option(
      names = "--surrogate",
      paramLabel = "DIR",
      description = "A run folder of attacker E: the same kind of model behind an own key.")
  private Optional<Path> surrogate;

  @Option(
      names = "--surrogate-key",
      paramLabel = "FILE",
      description = "The own key of attacker E, under the same password.")
  private Optional<Path> surrogateKey;

  @Option(
      names = "--train-surrogate",
      description =
          "Attacker E trains a model behind an own key instead, on the pool, as copies are trained.")
  private boolean trainsSurrogate;

  @Option(
      names = "--reused",
      paramLabel = "DIR",
      description = "A run folder of attacker H: another model behind the key of --key.")
  private Optional<Path> reused;

  @Option(
      names = "--pool",
      paramLabel = "D",
      description =
          "The attackers' own labelled pictures (default: the part train of --data); none that is"
              + " evaluated is used.")
  private Optional<String> pool;

  @Option(
      names = "--pool-limit",
      defaultValue = "1000",
      paramLabel = "N",
      description = "How many of them the attackers have (default: ${DEFAULT-VALUE}).")
  private int poolLimit;

  @Option(
      names = "--rows",
      split = ",",
      paramLabel = "ROW",
      description =
          "Letters from A to H, or names of rows; all without. The others are reported as not asked"
              + " for.")
  private List<String> rows = List.of();

  @Option(
      names = "--queries",
      defaultValue = "5000",
      paramLabel = "N",
      description = "Queries for scores that each attack may make about a picture (default: 5000).")
  private int queries;

  @Option(
      names = "--label-queries",
      defaultValue = "5000",
      paramLabel = "N",
      description = "Queries for labels that each attack may make about a picture (default: 5000).")
  private int labelQueries;

  @Option(
      names = "--copy-queries",
      defaultValue = "5000",
      paramLabel = "N",
      description =
          "Pictures of the pool on which attackers train: G shows them to the service and copies its"
              + " answers (default: 5000).")
  private int copyQueries;

  @Option(
      names = "--copy-epochs",
      defaultValue = "10",
      paramLabel = "N",
      description = "How often each of them is learnt from (default: 10).")
  private int copyEpochs;

  Threat threat() {
    return perturbation.threat();
  }

  List<String> bases() {
    return bases;
  }

  Optional<Path> surrogate() {
    return surrogate;
  }

  /** The own key of attacker E, which is given with its model. */
  Optional<Path> surrogateKey() {
    if (surrogate.isPresent() != surrogateKey.isPresent()) {
      throw new InputException("--surrogate and --surrogate-key are given together or not at all");
    }
    return surrogateKey;
  }

  /** Whether attacker E trains a model, as none is given. */
  boolean trainsSurrogate() {
    if (trainsSurrogate && surrogate.isPresent()) {
      throw new InputException("--surrogate and --train-surrogate exclude each other");
    }
    return trainsSurrogate;
  }

  Optional<Path> reused() {
    return reused;
  }

  Optional<String> pool() {
    return pool;
  }

  int poolLimit() {
    return positive("--pool-limit", poolLimit);
  }

  Set<String> rows() {
    return Set.copyOf(rows.stream().map(String::strip).toList());
  }

  int queries() {
    return positive("--queries", queries);
  }

  int labelQueries() {
    return positive("--label-queries", labelQueries);
  }

  int copyQueries() {
    return positive("--copy-queries", copyQueries);
  }

  /** How copies are trained: as docs/results.md trains its models. */
  Extraction.Recipe recipe(Architecture architecture) {
    return new Extraction.Recipe(
        positive("--copy-epochs", copyEpochs),
        COPY_BATCH,
        COPY_RATE,
        COPY_DECAY,
        Augmentation.parse("flip,crop", architecture.imageSize()));
  }

  private static int positive(String option, int value) {
    if (value < 1) {
      throw new InputException(option + " " + value + ": must be at least 1");
    }
    return value;
  }
}
