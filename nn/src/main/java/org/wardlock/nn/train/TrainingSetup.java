package org.wardlock.nn.train;

import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.wardlock.data.BatchLoader;
import org.wardlock.nn.NormStatistics;
import org.wardlock.nn.Parameter;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;
import org.wardlock.tensor.Tensor;

/** Everything a run is given; see {@link Trainer.Builder}. */
record TrainingSetup(
    Network network,
    BatchLoader training,
    Optional<BatchLoader> validation,
    TrainingOptions options,
    Path folder,
    UnaryOperator<Tensor> transform,
    Optional<TrainingTargets> targets,
    Optional<RandomTransform> randomTransform,
    Predicate<Parameter> trained,
    NormStatistics statistics,
    FinishedWeights finished,
    Map<String, String> facts,
    Map<String, String> metadata,
    TrainingListener listener,
    BooleanSupplier stop) {

  /**
   * Whether a parameter's values change in the run; the others are none of its state. Only of use
   * once it is known which are trainable.
   */
  boolean changes(Parameter parameter) {
    return parameter.isBuffer() ? statistics == NormStatistics.REFRESHED : parameter.isTrainable();
  }

  /** How many steps the whole run has. */
  long steps() {
    return (long) training.batches() * options.epochs();
  }

  /**
   * What decides the bits of the run: a checkpoint of one with other values is none of this run.
   * How often states are saved is not among it.
   */
  Map<String, String> identity() {
    Architecture architecture = network.architecture();
    var identity = new TreeMap<>(facts);
    identity.put("model", architecture.name());
    identity.put("classes", Integer.toString(architecture.classes()));
    identity.put("preprocessing", architecture.preprocessing().toString());
    identity.put("training pictures", Integer.toString(training.pictures()));
    identity.put("batch size", Integer.toString(training.batchSize()));
    identity.put("device", network.device().toString());
    identity.put("training batches", Integer.toString(training.batches()));
    identity.put("epochs", Integer.toString(options.epochs()));
    identity.put("optimizer", options.optimizer().toString());
    identity.put("learning rate", Double.toString(options.learningRate()));
    identity.put("schedule", options.shape().toString());
    identity.put("warm-up steps", Long.toString(options.warmUpSteps()));
    identity.put("clipping", options.clipping().toString());
    identity.put("label smoothing", Double.toString(options.labelSmoothing()));
    identity.put("averaging", options.averaging().toString());
    identity.put("precision", options.precision().toString());
    if (!options.mixing().isNone()) {
      identity.put("mixing", options.mixing().toString());
    }
    if (options.layerRates().decay() != 1) {
      identity.put("layer decay", Double.toString(options.layerRates().decay()));
    }
    network.lora().ifPresent(lora -> identity.put("LoRA", lora.toString()));
    if (statistics != NormStatistics.REFRESHED) {
      identity.put("batch normalisation", statistics.toString());
    }
    return identity;
  }
}
