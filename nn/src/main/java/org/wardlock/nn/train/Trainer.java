package org.wardlock.nn.train;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.wardlock.data.BatchLoader;
import org.wardlock.nn.NormStatistics;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.tensor.Tensor;

/**
 * Trains a network, epoch by epoch, into a folder: {@code checkpoints/} while it goes on, {@code
 * metrics.json} after each epoch, {@code model.safetensors} at the end.
 *
 * <p>Everything is a function of the network it begins with, the options and the batches, which
 * themselves depend on seed and epoch alone. So a run that was killed at any instant and resumed,
 * in mid-epoch too, ends with the bits of one that was not.
 */
public final class Trainer {
  /** The name of the finished weights in a run's folder. */
  public static final String WEIGHTS_FILE = ModelFolder.WEIGHTS;

  /** The name of the epochs' metrics in a run's folder. */
  public static final String METRICS_FILE = "metrics.json";

  /** The name of the folder of saved states in a run's folder. */
  public static final String CHECKPOINTS_FOLDER = "checkpoints";

  private final TrainingSetup setup;

  private Trainer(TrainingSetup setup) {
    this.setup = setup;
  }

  /**
   * A trainer of a network.
   *
   * @param network whose parameters are changed
   * @param training batches of every epoch
   * @param folder where the run is kept; it exists
   */
  public static Builder builder(
      Network network, BatchLoader training, TrainingOptions options, Path folder) {
    return new Builder(network, training, options, folder);
  }

  /**
   * Trains from the beginning.
   *
   * @throws CheckpointException if the folder holds a run already
   * @throws IOException if states, weights or metrics cannot be written
   * @throws TrainingException if the loss is no finite number any more
   */
  public TrainingResult run() throws IOException {
    try (var run = new TrainingRun(setup)) {
      return run.begin();
    }
  }

  /**
   * Goes on from the state saved last, or begins if none was saved yet.
   *
   * @throws CheckpointException if no saved state is whole, or they are of another run
   * @throws IOException if states, weights or metrics cannot be written
   * @throws TrainingException if the loss is no finite number any more
   */
  public TrainingResult resume() throws IOException {
    try (var run = new TrainingRun(setup)) {
      return run.resume();
    }
  }

  /** Collects what a run is given beyond the necessary. */
  public static final class Builder {
    private final Network network;
    private final BatchLoader training;
    private final TrainingOptions options;
    private final Path folder;
    private Optional<BatchLoader> validation = Optional.empty();
    private UnaryOperator<Tensor> transform = UnaryOperator.identity();
    private Optional<RandomTransform> randomTransform = Optional.empty();
    private Predicate<Parameter> trained = _ -> true;
    private NormStatistics statistics = NormStatistics.REFRESHED;
    private FinishedWeights finished;
    private Optional<TrainingTargets> targets = Optional.empty();
    private Map<String, String> facts = Map.of();
    private Map<String, String> metadata = Map.of();
    private TrainingListener listener = TrainingListener.SILENT;
    private BooleanSupplier stop = () -> false;

    private Builder(Network network, BatchLoader training, TrainingOptions options, Path folder) {
      this.network = network;
      this.training = training;
      this.options = options;
      this.folder = folder;
      finished = this::writeWhole;
    }

    private void writeWhole(Map<String, Tensor> state) throws IOException {
      Weights whole = network.deployable("finished", state);
      var tensors = new LinkedHashMap<String, Tensor>();
      for (String name : whole.names()) {
        tensors.put(name, whole.tensor(name, network.device()));
      }
      var known = new ModelConfig(network.architecture(), List.of(), Optional.empty());
      Map<String, String> told = new TreeMap<>(known.metadata());
      told.putAll(metadata);
      Safetensors.write(folder.resolve(WEIGHTS_FILE), tensors, told);
    }

    /** Pictures to evaluate on after each epoch. */
    public Builder validation(BatchLoader loader) {
      validation = Optional.of(loader);
      return this;
    }

    /**
     * What happens to pictures in [0, 1] before the network sees them, in training and validation:
     * a key transform, for instance.
     */
    public Builder transform(UnaryOperator<Tensor> function) {
      transform = function;
      return this;
    }

    /**
     * What is learnt of the pictures instead of their labels, which are then only counted against.
     * What decides it belongs to the facts of the run.
     */
    public Builder targets(TrainingTargets wanted) {
      targets = Optional.of(wanted);
      return this;
    }

    /**
     * What happens to pictures in training in the place of {@link #transform}, which validation
     * still sees. What decides it belongs to the {@link #facts}.
     */
    public Builder randomTransform(RandomTransform function) {
      randomTransform = Optional.of(function);
      return this;
    }

    /** Which parameters are trained; all unless told otherwise. */
    public Builder trained(Predicate<Parameter> chosen) {
      trained = chosen;
      return this;
    }

    /** What batch normalisation does; it refreshes its statistics unless told otherwise. */
    public Builder statistics(NormStatistics wanted) {
      statistics = wanted;
      return this;
    }

    /**
     * What is learnt and what batch normalisation does, both as a way of fine-tuning says. Low-rank
     * changes are the network's.
     */
    public Builder tuning(FineTuning tuning) {
      return trained(tuning.trained(network.architecture().body())).statistics(tuning.statistics());
    }

    /** Stores the finished weights otherwise than as {@link #WEIGHTS_FILE}: what changed, say. */
    public Builder finished(FinishedWeights writer) {
      finished = writer;
      return this;
    }

    /**
     * What else decides the bits of the run, by name: seed, data, augmentation, key id, the weights
     * it begins with, of which those that stay are in no saved state. A resumed run must be given
     * the same.
     */
    public Builder facts(Map<String, String> known) {
      facts = Map.copyOf(known);
      return this;
    }

    /**
     * What the file of the finished weights says of them beside the tensors, by name; by what
     * pixels are normalised it says in any case.
     */
    public Builder metadata(Map<String, String> told) {
      metadata = Map.copyOf(told);
      return this;
    }

    /** Who is told how it goes on. */
    public Builder listener(TrainingListener told) {
      listener = told;
      return this;
    }

    /** Asked after each step: once it says yes, the state is saved and the run returns. */
    public Builder stopWhen(BooleanSupplier asked) {
      stop = asked;
      return this;
    }

    /** The trainer. */
    public Trainer build() {
      return new Trainer(
          new TrainingSetup(
              network,
              training,
              validation,
              options,
              folder,
              transform,
              targets,
              randomTransform,
              trained,
              statistics,
              finished,
              facts,
              metadata,
              listener,
              stop));
    }
  }
}
