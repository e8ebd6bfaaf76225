package org.wardlock.nn.files;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/**
 * A JSON object in a file, or one inside it, read field by field: what is missing or of another
 * type is an error that names file and field.
 */
public final class JsonFile {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  private final Path file;
  private final String place;
  private final JsonNode node;

  private JsonFile(Path file, String place, JsonNode node) {
    this.file = file;
    this.place = place;
    this.node = node;
  }

  /**
   * Reads a file that holds one object with a field {@code format}.
   *
   * @param format the only version of the file's format that is understood
   * @throws FormatException if it is not there, is no JSON object, or has another format
   */
  public static JsonFile read(Path file, int format) throws FormatException {
    var document = read(file);
    long found = document.integer("format");
    if (found != format) {
      throw new FormatException(
          file,
          "format %d, expected %d: another version of the program wrote it"
              .formatted(found, format));
    }
    return document;
  }

  /**
   * Reads a file that holds one object, of whatever format.
   *
   * @throws FormatException if it is not there or is no JSON object
   */
  public static JsonFile read(Path file) throws FormatException {
    JsonNode tree;
    try {
      tree = MAPPER.readTree(Files.readString(file));
    } catch (JsonProcessingException e) {
      String found = e.getOriginalMessage().lines().findFirst().orElse("");
      throw new FormatException(file, "no valid JSON: " + found, e);
    } catch (CharacterCodingException e) {
      throw new FormatException(file, "not UTF-8, expected JSON in UTF-8", e);
    } catch (IOException e) {
      throw new FormatException(file, "cannot be read: " + DurableFiles.reason(e), e);
    }
    if (!tree.isObject()) {
      throw new FormatException(file, "holds " + describe(tree) + ", expected a JSON object");
    }
    return new JsonFile(file, "", tree);
  }

  /** Replaces a file by an object, durably; values may be maps, lists, numbers, text, booleans. */
  public static void replace(Path file, Map<String, ?> content) throws IOException {
    String text = MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(content);
    DurableFiles.replace(file, text + "\n");
  }

  /**
   * All fields as maps, lists, numbers, text and booleans, in their order, for those who know none
   * of them.
   */
  public Map<String, Object> content() {
    return MAPPER.convertValue(node, new TypeReference<LinkedHashMap<String, Object>>() {});
  }

  /** Whether the object has a field, and it is not null. */
  public boolean has(String field) {
    return node.hasNonNull(field);
  }

  /** The object in a field. */
  public JsonFile object(String field) throws FormatException {
    JsonNode value = node.path(field);
    require(value.isObject(), field, value, "an object");
    return new JsonFile(file, place + field + ".", value);
  }

  /** The object in a field, if there is one. */
  public Optional<JsonFile> optionalObject(String field) throws FormatException {
    return has(field) ? Optional.of(object(field)) : Optional.empty();
  }

  /** The objects in a field that holds an array of them. */
  public List<JsonFile> objects(String field) throws FormatException {
    var objects = new ArrayList<JsonFile>();
    for (JsonNode element : array(field)) {
      require(element.isObject(), field, element, "objects");
      objects.add(new JsonFile(file, place + field + ".", element));
    }
    return objects;
  }

  /** The text in a field. */
  public String text(String field) throws FormatException {
    JsonNode value = node.path(field);
    require(value.isTextual(), field, value, "text");
    return value.textValue();
  }

  /** The text in a field, if there is any. */
  public Optional<String> optionalText(String field) throws FormatException {
    return has(field) ? Optional.of(text(field)) : Optional.empty();
  }

  /** The texts in a field that holds an array of them. */
  public List<String> texts(String field) throws FormatException {
    var texts = new ArrayList<String>();
    for (JsonNode element : array(field)) {
      require(element.isTextual(), field, element, "texts");
      texts.add(element.textValue());
    }
    return texts;
  }

  /** The texts in a field that holds an object of them. */
  public Map<String, String> textMap(String field) throws FormatException {
    JsonFile object = object(field);
    var texts = new LinkedHashMap<String, String>();
    for (var entry : object.node.properties()) {
      texts.put(entry.getKey(), object.text(entry.getKey()));
    }
    return texts;
  }

  /**
   * The first of the texts in a field that is not as expected, in words: for files that say what a
   * run is of that shall be gone on with.
   */
  public Optional<String> difference(String field, Map<String, String> expected)
      throws FormatException {
    Map<String, String> found = textMap(field);
    var names = new TreeSet<>(expected.keySet());
    names.addAll(found.keySet());
    for (String name : names) {
      String was = found.getOrDefault(name, "not given");
      String is = expected.getOrDefault(name, "not given");
      if (!was.equals(is)) {
        return Optional.of(
            "%s was %s when the run began, and is %s now: resume with the same, or begin a new run"
                .formatted(name, was, is));
      }
    }
    return Optional.empty();
  }

  /**
   * Requires that the texts in a field are these, name by name.
   *
   * @throws FormatException naming the first that differs
   */
  public void requireSame(String field, Map<String, String> expected) throws FormatException {
    Optional<String> difference = difference(field, expected);
    if (difference.isPresent()) {
      throw new FormatException(file, difference.get());
    }
  }

  /** The whole number in a field. */
  public long integer(String field) throws FormatException {
    JsonNode value = node.path(field);
    require(value.isIntegralNumber() && value.canConvertToLong(), field, value, "a whole number");
    return value.longValue();
  }

  /** The whole number in a field, within a range. */
  public int integer(String field, int least, int most) throws FormatException {
    long value = integer(field);
    if (value < least || value > most) {
      throw new FormatException(
          file, "%s%s is %d, expected %d to %d".formatted(place, field, value, least, most));
    }
    return (int) value;
  }

  /** What a field says is so or not. */
  public boolean truth(String field) throws FormatException {
    JsonNode value = node.path(field);
    require(value.isBoolean(), field, value, "true or false");
    return value.booleanValue();
  }

  /** The number in a field. */
  public double number(String field) throws FormatException {
    JsonNode value = node.path(field);
    require(value.isNumber(), field, value, "a number");
    return value.doubleValue();
  }

  /** The numbers in a field that holds an array of them. */
  public List<Double> numbers(String field) throws FormatException {
    var numbers = new ArrayList<Double>();
    for (JsonNode element : array(field)) {
      require(element.isNumber(), field, element, "numbers");
      numbers.add(element.doubleValue());
    }
    return numbers;
  }

  /** For what fits the types but makes no sense together. */
  public FormatException problem(String foundAndExpected, Throwable cause) {
    return new FormatException(file, foundAndExpected, cause);
  }

  private JsonNode array(String field) throws FormatException {
    JsonNode value = node.path(field);
    require(value.isArray(), field, value, "an array");
    return value;
  }

  private void require(boolean condition, String field, JsonNode found, String expected)
      throws FormatException {
    if (!condition) {
      throw new FormatException(
          file, "%s%s is %s, expected %s".formatted(place, field, describe(found), expected));
    }
  }

  private static String describe(JsonNode node) {
    return switch (node.getNodeType()) {
      case MISSING -> "missing";
      case NULL -> "null";
      case OBJECT -> "an object";
      case ARRAY -> "an array";
      case STRING -> "text";
      case BOOLEAN -> "true or false";
      case NUMBER -> "the number " + node.asText();
      default -> "something else";
    };
  }
}
