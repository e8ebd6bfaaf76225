package org.wardlock.nn.train;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.wardlock.data.Batch;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.BatchStream;
import org.wardlock.nn.TrainableParameters;
import org.wardlock.nn.evaluate.Evaluation;
import org.wardlock.nn.evaluate.Evaluator;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;
import org.wardlock.tensor.Updates;

/** A run under way: its tensors, where it is, and the loop. */
final class TrainingRun implements AutoCloseable {
  private static final int METRICS_FORMAT = 1;
  private static final int STEPS_BETWEEN_READS = 16;

  private static final String NETWORK = "network";
  private static final String OPTIMIZER = "optimizer";
  private static final String AVERAGE = "average";

  private final TrainingSetup setup;
  private final Network network;
  private final Device device;
  private final TrainableParameters parameters;
  private final Optimizer optimizer;
  private final Optional<MovingAverage> average;
  private final RunningSums sums;
  private final TrainingStep step;
  private final Schedule schedule;
  private final Checkpoints checkpoints;

  private final Throughput throughput = new Throughput();

  private TrainingState state = TrainingState.START;
  private long savedStep = -1;
  private long savedAt = System.nanoTime();

  TrainingRun(TrainingSetup setup) {
    this.setup = setup;
    network = setup.network();
    device = network.device();
    TrainingOptions options = setup.options();
    schedule = options.schedule(setup.steps());
    checkpoints = new Checkpoints(setup.folder().resolve(Trainer.CHECKPOINTS_FOLDER));
    parameters =
        TrainableParameters.of(
            device,
            network.parameters(),
            setup.trained(),
            parameter ->
                options.layerRates().scale(network.architecture().body(), parameter.name()));
    parameters.keepRounded(options.precision());
    optimizer = options.optimizer().create(parameters);
    average =
        options.averaging().isPresent()
            ? Optional.of(
                new MovingAverage(
                    network.parameters().all().stream().filter(setup::changes).toList(),
                    options.averaging().getAsDouble()))
            : Optional.empty();
    sums = new RunningSums(device);
    step = new TrainingStep(setup, parameters, optimizer, sums);
  }

  TrainingResult begin() throws IOException {
    if (checkpoints.exist()) {
      throw new CheckpointException(
          setup.folder(), "the folder holds a run already: resume it, or choose another folder");
    }
    return go();
  }

  TrainingResult resume() throws IOException {
    Optional<Checkpoints.Saved> saved =
        checkpoints.find(setup.identity(), setup.listener()::warned);
    if (saved.isPresent()) {
      restore(saved.get());
    }
    return go();
  }

  private TrainingResult go() throws IOException {
    setup.listener().started(state.step(), setup.steps());
    while (state.epoch() < setup.options().epochs()) {
      Optional<EpochMetrics> metrics = trainEpoch() ? epochMetrics() : Optional.empty();
      if (metrics.isEmpty()) {
        save();
        return result(false);
      }
      state = state.next(metrics.get());
      sums.restore(state.sums());
      writeMetrics();
      setup.listener().epochEnded(metrics.get());
    }
    save();
    try (Scope _ = Scope.open("finished weights")) {
      setup.finished().write(evaluated());
    }
    return result(true);
  }

  private TrainingResult result(boolean completed) {
    return new TrainingResult(completed, state.history(), state.best(), state.step());
  }

  /** Trains to the end of the epoch; false if told to stop before. */
  private boolean trainEpoch() throws IOException {
    BatchLoader loader = setup.training();
    throughput.restart();
    try (BatchStream batches = loader.epoch(state.epoch(), state.batch())) {
      while (batches.hasNext()) {
        Batch batch = throughput.await(batches::next);
        step.run(batch, state, schedule.rate(state.step()));
        average.ifPresent(MovingAverage::update);
        throughput.add(batch.size());
        loader.recycle(batch);
        state = state.stepped();
        report();
        if (setup.stop().getAsBoolean()) {
          return false;
        }
        saveIfDue();
      }
    }
    throughput.pause();
    return true;
  }

  private void report() {
    if (state.step() % STEPS_BETWEEN_READS == 0) {
      sums.drain();
      requireFinite(sums.lossSoFar());
    }
    setup.listener().stepped(state.step(), setup.steps(), sums.lossSoFar());
  }

  private void requireFinite(double loss) {
    if (!Double.isFinite(loss)) {
      throw new TrainingException(
          "training: the loss is %s after step %d (epoch %d): lower the learning rate or clip gradients; states saved before stay"
              .formatted(loss, state.step(), state.epoch() + 1));
    }
  }

  /**
   * What the epoch that has just been trained came to; empty if told to stop before that is known.
   */
  private Optional<EpochMetrics> epochMetrics() {
    EpochSums read = sums.read();
    requireFinite(read.loss());
    OptionalDouble valTop1 = OptionalDouble.empty();
    if (setup.validation().isPresent()) {
      step.rest();
      Evaluation evaluation = evaluate(setup.validation().get());
      if (setup.stop().getAsBoolean()) {
        return Optional.empty();
      }
      if (evaluation.labelled() > 0) {
        valTop1 = OptionalDouble.of(evaluation.top1());
      }
    }
    return Optional.of(
        new EpochMetrics(
            state.epoch() + 1,
            read.loss(),
            read.top1(),
            valTop1,
            throughput.imagesPerSecond(),
            throughput.waitingShare()));
  }

  private Evaluation evaluate(BatchLoader loader) {
    try (Scope _ = Scope.open("validation");
        ImageClassifier frozen =
            ImageClassifier.load(
                network.architecture(), device, network.deployable("being trained", evaluated()))) {
      var classifier = new TransformedClassifier(setup.transform(), frozen);
      return new Evaluator(loader).evaluate(classifier, _ -> {}, setup.stop());
    } catch (WeightsException e) {
      throw new IllegalStateException("a network's own weights do not fit it", e);
    }
  }

  /** The weights that are evaluated and stored, by name. */
  private Map<String, Tensor> evaluated() {
    Map<String, Tensor> weights = network.parameters().state(device);
    average.ifPresent(averages -> weights.putAll(averages.state()));
    return weights;
  }

  private void writeMetrics() throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", METRICS_FORMAT);
    json.put("epochs", state.history().stream().map(EpochMetrics::toJson).toList());
    state.best().ifPresent(best -> json.put("best", best.toJson()));
    json.put("final", state.history().getLast().toJson());
    JsonFile.replace(setup.folder().resolve(Trainer.METRICS_FILE), json);
  }

  private void saveIfDue() throws IOException {
    long since = System.nanoTime() - savedAt;
    if (setup.options().checkpoints().isDue(state.step(), since)) {
      throughput.pause();
      save();
      throughput.start();
    }
  }

  /**
   * Saves the state, unless it was saved after the last step: that the epoch has been evaluated
   * since is not worth touching the newest state for.
   */
  private void save() throws IOException {
    if (state.step() == savedStep) {
      return;
    }
    EpochSums read = sums.read();
    if (read.images() > 0) {
      requireFinite(read.loss());
    }
    try (Scope _ = Scope.open("checkpoint")) {
      var parts = new LinkedHashMap<String, Map<String, Tensor>>();
      parts.put(NETWORK, network.parameters().state(device, setup::changes));
      parts.put(OPTIMIZER, optimizer.state());
      average.ifPresent(averages -> parts.put(AVERAGE, averages.state()));
      checkpoints.save(state.with(read), setup.identity(), parts);
    }
    savedStep = state.step();
    savedAt = System.nanoTime();
  }

  private void restore(Checkpoints.Saved saved) throws IOException {
    try (Safetensors weights = saved.open(NETWORK)) {
      network.parameters().assign(weights, device, setup::changes);
    }
    parameters.changed();
    assign(saved, OPTIMIZER, optimizer.state());
    if (average.isPresent()) {
      assign(saved, AVERAGE, average.get().state());
    }
    state = saved.state();
    savedStep = state.step();
    sums.restore(state.sums());
  }

  private void assign(Checkpoints.Saved saved, String part, Map<String, Tensor> targets)
      throws WeightsException {
    try (Safetensors stored = saved.open(part)) {
      for (var target : targets.entrySet()) {
        try (Scope _ = Scope.open(part)) {
          Updates.assign(target.getValue(), stored.tensor(target.getKey(), device));
        }
      }
    }
  }

  /** Gives up what only training needs; the network keeps its weights. */
  @Override
  public void close() {
    step.close();
    optimizer.release();
    average.ifPresent(MovingAverage::release);
    sums.release();
    parameters.release();
  }
}
