package org.wardlock.defense.compress;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * Tables that a network favours beside plain JPEG's of the same size, as a file keeps them.
 *
 * @param favoured what was fitted
 * @param plain libjpeg's tables, scaled to the same bytes
 * @param subsampling of colour with both
 * @param made how they were made, by name: rule, model, pictures
 */
public record FittedTables(
    Sized favoured, Sized plain, Subsampling subsampling, Map<String, String> made) {
  private static final int FORMAT = 1;

  /** Keeps the order of names. */
  public FittedTables {
    made = Collections.unmodifiableMap(new LinkedHashMap<>(made));
  }

  /**
   * Tables and what they cost.
   *
   * @param tables of brightness and colour
   * @param bytes the mean size of the files of the pictures they were fitted to
   */
  public record Sized(JpegTables tables, double bytes) {
    private static Sized read(JsonFile json) throws FormatException {
      JsonFile table = json.object("table");
      return new Sized(
          new JpegTables(steps(table, "luminance"), steps(table, "chrominance")),
          json.number("bytes_per_picture"));
    }

    private static QuantizationTable steps(JsonFile json, String name) throws FormatException {
      try {
        return QuantizationTable.of(
            json.numbers(name).stream().mapToInt(FittedTables::whole).toArray());
      } catch (IllegalArgumentException e) {
        throw json.problem(name + ": " + e.getMessage(), e);
      }
    }

    /** {@code table} and {@code bytes_per_picture}, as they are written. */
    public Map<String, Object> toJson() {
      var table = new LinkedHashMap<String, Object>();
      table.put("luminance", numbers(tables.luminance()));
      table.put("chrominance", numbers(tables.chrominance()));
      var json = new LinkedHashMap<String, Object>();
      json.put("table", table);
      json.put("bytes_per_picture", bytes);
      return json;
    }

    private static List<Integer> numbers(QuantizationTable table) {
      var numbers = new ArrayList<Integer>();
      for (int step : table.toArray()) {
        numbers.add(step);
      }
      return numbers;
    }
  }

  /**
   * Reads what {@link #write} wrote.
   *
   * @throws FormatException if it is not there, or not as this version writes it
   */
  public static FittedTables read(Path file) throws FormatException {
    JsonFile json = JsonFile.read(file, FORMAT);
    return new FittedTables(
        Sized.read(json),
        Sized.read(json.object("plain")),
        subsampling(json),
        json.textMap("made"));
  }

  private static Subsampling subsampling(JsonFile json) throws FormatException {
    try {
      return Subsampling.parse(json.text("subsampling"));
    } catch (IllegalArgumentException e) {
      throw json.problem(e.getMessage(), e);
    }
  }

  private static int whole(double step) {
    if (step != Math.rint(step)) {
      throw new IllegalArgumentException(
          "found a step of %s; expected whole numbers".formatted(step));
    }
    return (int) step;
  }

  /** Writes the file, durably; one that was there is replaced. */
  public void write(Path file) throws IOException {
    JsonFile.replace(file, toJson());
  }

  /** What the file holds. */
  public Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.putAll(favoured.toJson());
    json.put("plain", plain.toJson());
    json.put("subsampling", subsampling.toString());
    json.put("made", made);
    return json;
  }

  /**
   * The favoured tables at a level.
   *
   * @param level all steps are multiplied by; above 0, 1 leaves them as they are
   */
  public JpegTables atLevel(double level) {
    if (!(level > 0 && level < Double.POSITIVE_INFINITY)) {
      throw new IllegalArgumentException(
          "compression level: found %s; expected a number above 0".formatted(level));
    }
    return TableShape.of(favoured.tables()).scaled(level);
  }
}
