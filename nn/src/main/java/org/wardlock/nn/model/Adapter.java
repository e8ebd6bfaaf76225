package org.wardlock.nn.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardlock.nn.LoraSettings;
import org.wardlock.nn.LoraTarget;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.weights.HalfPrecision;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * What fine-tuning changed of stored weights, in a folder of its own: a small fraction of them. It
 * names the weights it was made from by their digest and is used with no others.
 *
 * @param folder where it is
 * @param base SHA-256 of the file of weights that it changes
 * @param config what must be known of the model that comes of both
 * @param lora what its low-rank factors mean, if it has any
 */
public record Adapter(Path folder, String base, ModelConfig config, Optional<LoraSettings> lora) {
  /** The name of the file that describes an adapter. */
  public static final String DESCRIPTION = "adapter.json";

  /** The name of the file with what changed. */
  public static final String TENSORS = "adapter.safetensors";

  private static final int FORMAT = 1;

  /** Whether a folder holds an adapter. */
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(DESCRIPTION));
  }

  /** Whether a folder holds an adapter and no whole model. */
  public static boolean isAloneIn(Path folder) {
    return isIn(folder) && !Files.exists(folder.resolve(ModelFolder.WEIGHTS));
  }

  /**
   * Writes an adapter, durably, no more exactly than the weights are stored that it belongs to:
   * beside float16 its numbers are float16 ({@link HalfPrecision}).
   *
   * @param changed tensors by name, low-rank factors among them
   * @param weights the file of weights that it changes
   * @throws FormatException if these are others
   */
  public void write(Map<String, Tensor> changed, Path weights) throws IOException {
    requireBase(weights);
    try (Scope _ = Scope.open("adapter");
        Safetensors stored = Safetensors.open(weights)) {
      write(HalfPrecision.like(stored, changed));
    }
  }

  /**
   * Writes an adapter, durably: the tensors, then the description that vouches for them.
   *
   * @param changed tensors by name, low-rank factors among them
   */
  public void write(Map<String, Tensor> changed) throws IOException {
    Path tensors = folder.resolve(TENSORS);
    Safetensors.write(tensors, changed, config.metadata());
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("base", base);
    json.put("model", config.toJson());
    lora.ifPresent(
        settings -> {
          var fields = new LinkedHashMap<String, Object>();
          fields.put("rank", settings.rank());
          fields.put("alpha", settings.alpha());
          fields.put("dropout", settings.dropout());
          fields.put("targets", LoraTarget.text(settings.targets()));
          json.put("lora", fields);
        });
    json.put("tensors", Checksums.of(tensors));
    JsonFile.replace(folder.resolve(DESCRIPTION), json);
  }

  /**
   * Looks into a folder and checks what it holds.
   *
   * @throws FormatException if it holds no adapter, or a damaged one
   */
  public static Adapter open(Path folder) throws FormatException {
    Path description = folder.resolve(DESCRIPTION);
    JsonFile json = JsonFile.read(description, FORMAT);
    Optional<LoraSettings> lora = Optional.empty();
    Optional<JsonFile> fields = json.optionalObject("lora");
    if (fields.isPresent()) {
      lora = Optional.of(settings(fields.get()));
    }
    Checksums.require(folder.resolve(TENSORS), json.text("tensors"), DESCRIPTION);
    return new Adapter(folder, json.text("base"), ModelConfig.fromJson(json.object("model")), lora);
  }

  private static LoraSettings settings(JsonFile fields) throws FormatException {
    int rank = fields.integer("rank", 1, Short.MAX_VALUE);
    try {
      return new LoraSettings(
          rank,
          fields.number("alpha"),
          fields.number("dropout"),
          LoraTarget.parse(fields.text("targets")));
    } catch (IllegalArgumentException e) {
      throw fields.problem(e.getMessage(), e);
    }
  }

  /**
   * The network of base and adapter, frozen, low-rank changes merged.
   *
   * @param weights the file of weights that the adapter was made from
   * @throws FormatException if they are others
   * @throws WeightsException if they cannot be read, or do not fit the adapter
   */
  public ImageClassifier classifier(Path weights, Device device) throws IOException {
    try (StoredModel stored = stored(weights)) {
      return stored.classifier(device);
    }
  }

  /**
   * What base and adapter make together, unread.
   *
   * @param weights the file of weights that the adapter was made from
   * @throws FormatException if they are others
   * @throws WeightsException if a file cannot be read
   */
  public StoredModel stored(Path weights) throws IOException {
    requireBase(weights);
    return StoredModel.open(this, weights);
  }

  /**
   * Checks that weights are those that the adapter changes.
   *
   * @throws FormatException if they are not
   */
  public void requireBase(Path weights) throws IOException {
    String found = Checksums.of(weights);
    if (!found.equals(base)) {
      throw new FormatException(
          folder.resolve(DESCRIPTION),
          "made from weights of digest %s, but %s has %s: give the weights it was made from"
              .formatted(base, weights, found));
    }
  }

  /** The model as a stored one, for whoever asks which key it was trained behind. */
  public ModelFolder asModel() {
    return new ModelFolder(folder, config);
  }

  /** What tells it from others: the digest of its description, which vouches for the rest. */
  public String digest() throws IOException {
    return Checksums.of(folder.resolve(DESCRIPTION));
  }

  /** The bytes of the files that make it up. */
  public long bytes() throws IOException {
    return Files.size(folder.resolve(DESCRIPTION)) + Files.size(folder.resolve(TENSORS));
  }
}
