package org.wardlock.nn.model;

import java.nio.file.Path;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;

/**
 * A run's folder that holds a finished model: weights and what must be known to use them.
 *
 * @param folder where it is
 * @param config what its configuration says of the model
 */
public record ModelFolder(Path folder, ModelConfig config) {
  /** The name of the weights in a run's folder. */
  public static final String WEIGHTS = "model.safetensors";

  /**
   * Looks into a folder.
   *
   * @throws FormatException if it has no configuration, or one of a run that makes no model
   */
  public static ModelFolder open(Path folder) throws FormatException {
    RunConfig config = RunConfig.read(folder);
    return new ModelFolder(
        folder,
        config
            .model()
            .orElseThrow(
                () ->
                    new FormatException(
                        folder,
                        "a run of '%s' that holds no model; expected a folder made by train"
                            .formatted(config.command()))));
  }

  /**
   * The network, frozen. Where it was trained behind a key, it wants pictures transformed by it.
   *
   * @throws WeightsException if the weights are missing or do not fit
   */
  public ImageClassifier classifier(Device device) throws WeightsException {
    try (StoredModel stored = stored()) {
      return stored.classifier(device);
    }
  }

  /**
   * The model, its weights unread.
   *
   * @throws WeightsException if the file of its weights cannot be read
   */
  public StoredModel stored() throws WeightsException {
    return StoredModel.open(folder, folder.resolve(WEIGHTS), config);
  }
}
