package org.wardlock.cli;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.wardlock.data.Augmentation;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.Dataset;
import org.wardlock.defense.Key;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.FineTuning;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.train.TrainingOptions;
import org.wardlock.tensor.Device;

/**
 * How networks are trained by what the user said, whatever key they are behind.
 *
 * @param start what each begins with
 * @param recipe of each
 * @param batch pictures a step
 * @param augment what happens to pictures before a key does
 * @param pictures that are learnt from
 * @param validation pictures to validate on, after each epoch
 * @param seed of every random choice
 */
record TrainingPlan(
    StartingNetwork start,
    TrainingOptions recipe,
    int batch,
    String augment,
    Dataset pictures,
    Dataset validation,
    Device device,
    long seed) {

  /**
   * The plan that a command's options make.
   *
   * @throws IllegalArgumentException if the device cannot compute in the precision that is asked
   */
  static TrainingPlan of(
      StartingNetwork start,
      TrainingOptionsMixin options,
      Dataset pictures,
      Dataset validation,
      Device device,
      long seed) {
    TrainingOptions recipe = options.parse();
    recipe.precision().requireOn(device);
    return new TrainingPlan(
        start, recipe, options.batch(), options.augment(), pictures, validation, device, seed);
  }

  /** Makes a network ready to be trained; nothing is written yet. */
  PreparedTraining prepare(Optional<Key> key) throws IOException {
    return new PreparedTraining(this, start.network(device, seed), facts(key), key);
  }

  /** How many numbers are trained, of how many. */
  FineTuning.Counts counts(Network network) {
    return start.tuning().counts(network);
  }

  /** What must be known of the model that comes of it. */
  ModelConfig config(Optional<Key> key) {
    return new ModelConfig(start.architecture(), pictures.classes(), key.map(k -> k.id().text()));
  }

  BatchLoader trainingLoader() {
    Architecture architecture = start.architecture();
    return loader(pictures, architecture)
        .shuffle(true)
        .dropLast(true)
        .augmentation(Augmentation.parse(augment, architecture.imageSize()))
        .movesOnDevice(!device.equals(Device.CPU))
        .build();
  }

  BatchLoader validationLoader() {
    return loader(validation, start.architecture()).build();
  }

  private BatchLoader.Builder loader(Dataset dataset, Architecture architecture) {
    return Loaders.of(dataset, architecture).batchSize(batch).seed(seed);
  }

  /** What decides the bits of the run beyond what the trainer knows itself. */
  private Map<String, String> facts(Optional<Key> key) throws IOException {
    var facts = new LinkedHashMap<>(start.facts());
    facts.put("seed", Long.toString(seed));
    facts.put("data", pictures.identity().digest());
    facts.put("validation data", validation.identity().digest());
    facts.put("augment", augment.toLowerCase(Locale.ROOT));
    key.ifPresent(k -> facts.put("key", k.id().text()));
    return facts;
  }
}
