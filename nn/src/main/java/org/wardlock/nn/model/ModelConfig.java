package org.wardlock.nn.model;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.wardlock.data.image.Interpolation;
import org.wardlock.nn.PixelStatistics;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

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
