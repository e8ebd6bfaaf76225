package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelConfig;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.model.StoredModel;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.tensor.Device;

/**
 * A plain model that everybody has: in a run folder, or published weights and their name.
 *
 * @param text as the user named it, with the option
 * @param config what is known of it
 * @param weights the file of its weights
 * @param isRun whether it is a run's folder, which says for what pictures the model is
 */
record PublicModel(String text, ModelConfig config, Path weights, boolean isRun) {
  /** How the options that name one describe it. */
  static final String NAMES =
      "a run folder, or NAME:FILE, a published name and its safetensors, such as"
          + " deit_tiny_patch16_224:deit.safetensors";

  /**
   * Looks for one.
   *
   * @param option that names it
   * @param name a folder, or a name and a file
   */
  static PublicModel find(String option, String name) throws IOException {
    String text = option + " " + name;
    PublicModel found = Files.isDirectory(Path.of(name)) ? ofRun(text, name) : ofFile(text, name);
    Optional<String> key = found.config.keyId();
    if (key.isPresent()) {
      throw new InputException(
          "%s: was trained behind key %s; expected a plain model".formatted(text, key.get()));
    }
    return found;
  }

  private static PublicModel ofRun(String text, String name) throws IOException {
    ModelFolder folder = ModelFolder.open(Path.of(name));
    return new PublicModel(
        text, folder.config(), folder.folder().resolve(ModelFolder.WEIGHTS), true);
  }

  private static PublicModel ofFile(String text, String name) throws IOException {
    int end = name.indexOf(':');
    if (end < 0) {
      throw new InputException(text + ": no such folder; expected " + NAMES);
    }
    Architecture named = Architecture.named(name.substring(0, end));
    Path file = Path.of(name.substring(end + 1));
    try (Safetensors stored = Safetensors.open(file)) {
      Architecture architecture = classesOf(stored, named).map(named::withClasses).orElse(named);
      Architecture told =
          ModelConfig.statistics(stored).map(architecture::with).orElse(architecture);
      var config = new ModelConfig(told, List.of(), ModelConfig.keyId(stored));
      return new PublicModel(text, config, file, false);
    }
  }

  /** How many classes weights tell apart: the layer that does it has a row for each. */
  static Optional<Integer> classesOf(Weights stored, Architecture named) {
    String head = named.body().head() + ".weight";
    return stored.names().contains(head) && stored.shape(head).rank() == 2
        ? Optional.of(stored.shape(head).extent(0))
        : Optional.empty();
  }

  /** The same for pictures of another size. */
  PublicModel withImageSize(int size) {
    Architecture architecture = config.architecture().withImageSize(size);
    var resized = new ModelConfig(architecture, config.classNames(), config.keyId());
    return new PublicModel(text, resized, weights, isRun);
  }

  /** What tells it from others, under names that begin with its part. */
  Map<String, String> identity(String part) throws IOException {
    return DeployedModel.identity(part, config.architecture(), weights);
  }

  /** The network, frozen. */
  ImageClassifier classifier(Device device) throws IOException {
    try (StoredModel stored = StoredModel.open(weights, weights, config)) {
      return stored.classifier(device);
    }
  }
}
