package org.wardlock.nn.model;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardlock.data.DataIdentity;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * What a run's folder says of the run, in {@code config.json}: enough to make it again to the same
 * bits.
 *
 * @param program name and version of what made the run
 * @param command which command of it
 * @param options every option as used, by name
 * @param seed of every random choice
 * @param device that computed
 * @param data what was computed on, if anything
 * @param model what the weights beside it are, if there are any
 */
public record RunConfig(
    String program,
    String command,
    Map<String, String> options,
    long seed,
    String device,
    Optional<Data> data,
    Optional<ModelConfig> model) {
  /** The name of the file in a run's folder. */
  public static final String FILE = "config.json";

  private static final int FORMAT = 1;

  /** Keeps the options' order. */
  public RunConfig {
    options = Collections.unmodifiableMap(new LinkedHashMap<>(options));
  }

  /**
   * A data set.
   *
   * @param name as it was asked for
   * @param identity what tells it from others
   */
  public record Data(String name, DataIdentity identity) {}

  /** Writes the file, durably; one that was there is replaced. */
  public void write(Path folder) throws IOException {
    JsonFile.replace(folder.resolve(FILE), toJson());
  }

  /** What the file holds. */
  public Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("program", program);
    json.put("command", command);
    json.put("options", options);
    json.put("seed", seed);
    json.put("device", device);
    data.ifPresent(
        used -> {
          var fields = new LinkedHashMap<String, Object>();
          fields.put("name", used.name());
          fields.put("count", used.identity().count());
          fields.put("digest", used.identity().digest());
          json.put("data", fields);
        });
    model.ifPresent(used -> json.put("model", used.toJson()));
    return json;
  }

  /**
   * Reads the file.
   *
   * @throws FormatException if it is missing, or not as this version writes it
   */
  public static RunConfig read(Path folder) throws FormatException {
    return fromJson(JsonFile.read(folder.resolve(FILE), FORMAT));
  }

  /**
   * Reads what {@link #toJson} gave.
   *
   * @throws FormatException if something is missing
   */
  public static RunConfig fromJson(JsonFile json) throws FormatException {
    Optional<Data> data = Optional.empty();
    Optional<JsonFile> dataJson = json.optionalObject("data");
    if (dataJson.isPresent()) {
      var identity =
          new DataIdentity(
              dataJson.get().integer("count", 0, Integer.MAX_VALUE), dataJson.get().text("digest"));
      data = Optional.of(new Data(dataJson.get().text("name"), identity));
    }
    Optional<JsonFile> modelJson = json.optionalObject("model");
    return new RunConfig(
        json.text("program"),
        json.text("command"),
        json.textMap("options"),
        json.integer("seed"),
        json.text("device"),
        data,
        modelJson.isPresent()
            ? Optional.of(ModelConfig.fromJson(modelJson.get()))
            : Optional.empty());
  }
}
