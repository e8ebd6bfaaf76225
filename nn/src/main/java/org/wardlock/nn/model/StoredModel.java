package org.wardlock.nn.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.wardlock.nn.LoraWeights;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.Weights;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;

/**
 * A model's weights as its architecture takes them, read only when they are asked for, and what
 * must be known to use them: low-rank changes are merged, and a position embedding is resampled.
 * Open until it is closed.
 */
public final class StoredModel implements AutoCloseable {
  private final Path place;
  private final ModelConfig config;
  private final Weights weights;
  private final List<Safetensors> files;

  private StoredModel(Path place, ModelConfig config, Weights weights, List<Safetensors> files)
      throws WeightsException {
    this.place = place;
    this.config = config;
    Architecture architecture = config.architecture();
    this.weights = architecture.body().resized(weights, architecture.imageSize());
    this.files = files;
  }

  /**
   * Opens the weights of a file.
   *
   * @param place for messages
   * @param file of weights
   * @param config what is known of them
   * @throws WeightsException if the file cannot be read
   */
  public static StoredModel open(Path place, Path file, ModelConfig config)
      throws WeightsException {
    var files = new ArrayList<Safetensors>();
    try {
      return new StoredModel(place, config, opened(file, files), files);
    } catch (WeightsException | RuntimeException e) {
      files.forEach(Safetensors::close);
      throw e;
    }
  }

  /** Opens what base and adapter make together. */
  static StoredModel open(Adapter adapter, Path base) throws WeightsException {
    var files = new ArrayList<Safetensors>();
    try {
      Safetensors changed = opened(adapter.folder().resolve(Adapter.TENSORS), files);
      Weights whole = changed.over(opened(base, files));
      Weights merged =
          adapter
              .lora()
              .map(settings -> LoraWeights.merged(whole, changed, settings))
              .orElse(whole);
      return new StoredModel(adapter.folder(), adapter.config(), merged, files);
    } catch (WeightsException | RuntimeException e) {
      files.forEach(Safetensors::close);
      throw e;
    }
  }

  private static Safetensors opened(Path file, List<Safetensors> files) throws WeightsException {
    Safetensors opened = Safetensors.open(file);
    files.add(opened);
    return opened;
  }

  /** The folder or file it is from. */
  public Path place() {
    return place;
  }

  /** What must be known to use the weights. */
  public ModelConfig config() {
    return config;
  }

  /** The tensors by name, which can be read until this is closed. */
  public Weights weights() {
    return weights;
  }

  /**
   * The network, frozen; it stays when this is closed.
   *
   * @throws WeightsException if the weights cannot be read, or do not fit the architecture
   */
  public ImageClassifier classifier(Device device) throws WeightsException {
    return ImageClassifier.load(config.architecture(), device, weights);
  }

  /** Unmaps the files; tensors taken from them stay. */
  @Override
  public void close() {
    files.forEach(Safetensors::close);
  }
}
