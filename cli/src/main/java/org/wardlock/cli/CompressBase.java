package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.wardlock.data.Dataset;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.tensor.Device;

/**
 * The network that is to be defended, as it is without a defence.
 *
 * @param network frozen
 * @param weights the file of its weights
 */
record CompressBase(ImageClassifier network, Path weights) implements AutoCloseable {
  /**
   * Loads what options name.
   *
   * @throws InputException if it was made for a key
   */
  static CompressBase load(ModelOptions model, Dataset dataset, Device device) throws IOException {
    requirePlain(model);
    LoadedModel loaded = model.load(dataset, device);
    return new CompressBase(loaded.model(), loaded.weights());
  }

  /**
   * Loads what a folder holds.
   *
   * @param option that names it, with its value
   * @throws InputException if it was made for a key, or for other classes
   */
  static CompressBase of(Path folder, String option, Dataset dataset, Device device)
      throws IOException {
    ModelFolder known = ModelFolder.open(folder);
    requirePlain(option, known.config().keyId());
    ClassFit.require(dataset, option, known.config());
    return new CompressBase(known.classifier(device), folder.resolve(ModelFolder.WEIGHTS));
  }

  /** Refuses a model behind a key. */
  static void requirePlain(ModelOptions model) {
    requirePlain("--model", model.keyId());
  }

  private static void requirePlain(String option, Optional<String> keyId) {
    keyId.ifPresent(
        id -> {
          throw new InputException(
              "%s: was made for key %s; compress works on plain models".formatted(option, id));
        });
  }

  /**
   * Those of some pictures that the network takes for what they are.
   *
   * @throws InputException if there is none
   */
  DatasetPictures right(DatasetPictures pictures, int batch) throws IOException {
    int[] places = CompressJudge.right(network, pictures, batch, _ -> {}).stream().toArray();
    if (places.length == 0) {
      throw new InputException(
          "--model: takes none of %d pictures for what it is; there is nothing to defend"
              .formatted(pictures.count()));
    }
    return pictures(pictures.dataset().select(places));
  }

  /** A data set's pictures as the network takes them. */
  DatasetPictures pictures(Dataset dataset) {
    return new DatasetPictures(dataset, network.architecture(), network.device(), false);
  }

  @Override
  public void close() {
    network.close();
  }
}
