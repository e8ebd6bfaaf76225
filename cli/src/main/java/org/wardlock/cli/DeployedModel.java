package org.wardlock.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Optional;
import org.wardlock.data.BatchLoader;
import org.wardlock.data.Dataset;
import org.wardlock.defense.Key;
import org.wardlock.defense.KeySpec;
import org.wardlock.defense.KeyedClassifier;
import org.wardlock.nn.Classifier;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.tensor.Device;

/**
 * A model as it is deployed: behind its key, if it has one.
 *
 * @param model without the key
 * @param classifier with it
 * @param keySpec what the key is for
 */
record DeployedModel(ImageClassifier model, Classifier classifier, Optional<KeySpec> keySpec)
    implements AutoCloseable {

  /**
   * Loads model and key.
   *
   * @param err is warned when a keyed model is used without a key
   * @throws IOException if a file is not what it should be, or the model was trained behind another
   *     key
   */
  static DeployedModel load(
      ModelOptions options, KeyOptions keys, Dataset dataset, Device device, PrintWriter err)
      throws IOException {
    Optional<Key> loaded = keys.load();
    if (loaded.isEmpty()) {
      ModelOptions.Loaded model = options.load(dataset, device);
      model
          .folder()
          .flatMap(folder -> folder.config().keyId())
          .ifPresent(
              id ->
                  err.println(
                      "warning: the model was trained behind key "
                          + id
                          + "; without --key it sees pictures as an impostor shows them"));
      return new DeployedModel(model.model(), model.model(), Optional.empty());
    }
    try (Key key = loaded.get()) {
      ModelOptions.Loaded model = options.load(dataset, device);
      if (model.folder().isPresent()) {
        KeyedClassifier.requireFit(model.folder().get(), key);
      }
      return new DeployedModel(
          model.model(), KeyedClassifier.of(model.model(), key), Optional.of(key.spec()));
    }
  }

  /** The data set's pictures as the model takes them, in order. */
  BatchLoader loader(Dataset dataset, int batch) {
    return Loaders.of(dataset, model.architecture()).batchSize(batch).build();
  }

  @Override
  public void close() {
    if (classifier instanceof KeyedClassifier keyed) {
      keyed.close();
    }
    model.close();
  }
}
