package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.wardlock.attacks.Features;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;

/**
 * A public network that a student may have been made from.
 *
 * @param text as the user named it
 * @param weights the file of its weights
 */
record MimicTeacher(String text, ImageClassifier network, Path weights) implements AutoCloseable {
  /** How the options that name one describe it. */
  static final String NAMES =
      "a run folder, or NAME:FILE, a published name and its safetensors, such as"
          + " deit_tiny_patch16_224:deit.safetensors";

  /** Loads a run folder's network, or one by name and file. */
  static MimicTeacher load(String text, Device device) throws IOException {
    if (Files.isDirectory(Path.of(text))) {
      ModelFolder folder = ModelFolder.open(Path.of(text));
      if (folder.config().keyId().isPresent()) {
        throw new InputException(
            "--teacher %s: was trained behind key %s; expected a plain model"
                .formatted(text, folder.config().keyId().get()));
      }
      Path weights = folder.folder().resolve(ModelFolder.WEIGHTS);
      return new MimicTeacher(text, folder.classifier(device), weights);
    }
    int end = text.indexOf(':');
    if (end < 0) {
      throw new InputException("--teacher " + text + ": no such folder; expected " + NAMES);
    }
    Architecture named = Architecture.named(text.substring(0, end));
    Path file = Path.of(text.substring(end + 1));
    try (Safetensors stored = Safetensors.open(file)) {
      String head = named.body().head() + ".weight";
      boolean known = stored.names().contains(head) && stored.shape(head).rank() == 2;
      Architecture architecture = known ? named.withClasses(stored.shape(head).extent(0)) : named;
      return new MimicTeacher(text, ImageClassifier.load(architecture, device, stored), file);
    }
  }

  /** What tells it from others. */
  Map<String, String> identity() throws IOException {
    return DeployedModel.identity("teacher", network.architecture(), weights);
  }

  /** Its features at a layer. */
  Features features(String layer) {
    try {
      return Features.of(network, network.architecture().block(layer));
    } catch (IllegalArgumentException e) {
      throw new InputException("--cutoff: " + e.getMessage());
    }
  }

  /** The layer before its head. */
  Features lastFeatures() {
    return Features.of(network, network.architecture().depth());
  }

  @Override
  public void close() {
    network.close();
  }
}
