package org.wardlock.nn.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.wardlock.data.image.Interpolation;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.nn.weights.WeightsException;

/**
 * What must be known of stored weights to use them.
 *
 * @param architecture which network they are for
 * @param classNames the name of each class, or empty where nobody gave any
 * @param keyId which key the network was trained behind, if any: an id, not the key
 */
public record ModelConfig(
    Architecture architecture, List<String> classNames, Optional<String> keyId) {
  /** Under which name files say behind which key a model was trained. */
  public static final String KEY_ID = "key_id";

  private static final String MEAN = "pixel_mean";
  private static final String DEVIATION = "pixel_std";

  /** Checks that there is a name for each class. */
  public ModelConfig {
    classNames = List.copyOf(classNames);
    if (!classNames.isEmpty() && classNames.size() != architecture.classes()) {
      throw new IllegalArgumentException(
          "%d class names for %d classes".formatted(classNames.size(), architecture.classes()));
    }
  }

  /** The name of a class, or its number where nobody gave any names. */
  public String className(int label) {
    return classNames.isEmpty() ? Integer.toString(label) : classNames.get(label);
  }

  /**
   * What a file of the weights carries for whoever has it alone: the key's id, if any, and by what
   * the pixels are normalised, which no tensor shows.
   */
  public Map<String, String> metadata() {
    var metadata = new TreeMap<String, String>();
    PixelStatistics statistics = architecture.preprocessing().statistics();
    metadata.put(MEAN, text(statistics.mean()));
    metadata.put(DEVIATION, text(statistics.deviation()));
    keyId.ifPresent(id -> metadata.put(KEY_ID, id));
    return metadata;
  }

  private static String text(List<Double> numbers) {
    return numbers.stream().map(Object::toString).collect(Collectors.joining(","));
  }

  /**
   * The id of the key that a file of weights says it was made for, if any.
   *
   * @param weights a file that may have {@link #metadata}
   */
  public static Optional<String> keyId(Safetensors weights) {
    return Optional.ofNullable(weights.metadata().get(KEY_ID));
  }

  /**
   * What a file of weights says of itself, if it has {@link #metadata}: files of others do not. One
   * that has it and names no key was made without one.
   *
   * @param architecture which network the weights are for
   */
  public static Optional<ModelConfig> told(Safetensors weights, Architecture architecture) {
    Set<String> names = weights.metadata().keySet();
    return Stream.of(MEAN, DEVIATION, KEY_ID).anyMatch(names::contains)
        ? Optional.of(new ModelConfig(architecture, List.of(), keyId(weights)))
        : Optional.empty();
  }

  /**
   * By what a file of weights says that pixels are normalised, if it says so: files of others do
   * not.
   *
   * @param weights a file that may have {@link #metadata}
   * @throws WeightsException if it says so in another way
   */
  public static Optional<PixelStatistics> statistics(Safetensors weights) throws WeightsException {
    String mean = weights.metadata().get(MEAN);
    String deviation = weights.metadata().get(DEVIATION);
    if (mean == null && deviation == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(new PixelStatistics(numbers(mean), numbers(deviation)));
    } catch (IllegalArgumentException e) {
      throw new WeightsException(
          weights.description(),
          "metadata %s and %s are not a number for each channel, with commas between"
              .formatted(MEAN, DEVIATION),
          e);
    }
  }

  private static List<Double> numbers(String text) {
    return Arrays.stream(String.valueOf(text).split(",", -1)).map(Double::valueOf).toList();
  }

  Map<String, Object> toJson() {
    Preprocessing preprocessing = architecture.preprocessing();
    var json = new LinkedHashMap<String, Object>();
    json.put("architecture", architecture.name());
    json.put("classes", architecture.classes());
    json.put("image_size", preprocessing.imageSize());
    json.put("crop_fraction", preprocessing.cropFraction());
    json.put("interpolation", preprocessing.interpolation().name().toLowerCase(Locale.ROOT));
    json.put("mean", preprocessing.statistics().mean());
    json.put("std", preprocessing.statistics().deviation());
    keyId.ifPresent(id -> json.put(KEY_ID, id));
    json.put("class_names", classNames);
    return json;
  }

  static ModelConfig fromJson(JsonFile json) throws FormatException {
    try {
      var preprocessing =
          new Preprocessing(
              json.integer("image_size", 1, Short.MAX_VALUE),
              json.number("crop_fraction"),
              interpolation(json.text("interpolation")),
              new PixelStatistics(json.numbers("mean"), json.numbers("std")));
      Architecture named = Architecture.named(json.text("architecture"));
      int classes = json.integer("classes", 1, Integer.MAX_VALUE);
      var architecture = new Architecture(named.name(), named.body(), preprocessing, classes);
      return new ModelConfig(architecture, json.texts("class_names"), json.optionalText(KEY_ID));
    } catch (IllegalArgumentException e) {
      throw json.problem(e.getMessage(), e);
    }
  }

  private static Interpolation interpolation(String text) {
    var known = new ArrayList<String>();
    for (Interpolation interpolation : Interpolation.values()) {
      String name = interpolation.name().toLowerCase(Locale.ROOT);
      if (name.equals(text)) {
        return interpolation;
      }
      known.add(name);
    }
    throw new IllegalArgumentException(
        "interpolation '" + text + "', expected one of " + String.join(", ", known));
  }
}
