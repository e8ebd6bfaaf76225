package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.wardlock.attacks.Features;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;

/**
 * A public network that a student may have been made from.
 *
 * @param text as the user named it
 * @param weights the file of its weights
 */
record MimicTeacher(String text, ImageClassifier network, Path weights) implements AutoCloseable {
  /** How the options that name one describe it. */
  static final String NAMES = PublicModel.NAMES;

  /** Loads a run folder's network, or one by name and file. */
  static MimicTeacher load(String text, Device device) throws IOException {
    PublicModel model = PublicModel.find("--teacher", text);
    return new MimicTeacher(text, model.classifier(device), model.weights());
  }

  /** What tells it from others. */
  Map<String, String> identity() throws IOException {
    return DeployedModel.identity("teacher", network.architecture(), weights);
  }

  /** Its features at a layer. */
  Features features(String layer) {
    return MimicOptions.features(network, layer);
  }

  /** What its last block makes of pictures. */
  Features lastFeatures() {
    return Features.of(network, network.architecture().depth());
  }

  @Override
  public void close() {
    network.close();
  }
}
