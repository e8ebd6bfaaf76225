package org.wardlock.defense.compress;

import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;
import org.wardlock.nn.model.ModelFolder;

/**
 * Where classifiers of several levels of compression lie: the table, the network they were
 * fine-tuned from, and a run's folder for each level.
 *
 * @param folder where it is
 * @param tables that levels scale
 * @param levels in the order of the members
 */
public record CompressionFolder(Path folder, FittedTables tables, List<Double> levels) {
  /** Says which levels there are; written last, when all are trained. */
  public static final String FILE = "compression.json";

  private static final String TABLE = "table.json";
  private static final String BASE = "base";
  private static final int FORMAT = 1;

  /** Keeps the levels. */
  public CompressionFolder {
    levels = List.copyOf(levels);
  }

  /** Whether a folder holds finished classifiers of several levels. */
  public static boolean isIn(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  /**
   * Looks into a folder.
   *
   * @throws FormatException if it does not say what it holds
   */
  public static CompressionFolder open(Path folder) throws FormatException {
    JsonFile json = JsonFile.read(folder.resolve(FILE), FORMAT);
    List<Double> levels = json.numbers("levels");
    if (levels.isEmpty()) {
      throw json.problem("no levels, expected at least one", null);
    }
    return new CompressionFolder(folder, FittedTables.read(folder.resolve(TABLE)), levels);
  }

  /** Writes the table, or checks that it is the one that is there. */
  public void settleTable() throws IOException {
    Path file = folder.resolve(TABLE);
    if (!Files.exists(file)) {
      tables.write(file);
    } else if (!FittedTables.read(file).equals(tables)) {
      throw new FormatException(
          file, "another table than the run is given now: resume with the same");
    }
  }

  /** Says that all levels are trained. */
  public void finish() throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("levels", levels);
    JsonFile.replace(folder.resolve(FILE), json);
  }

  /** The folder of the network that all members began as. */
  public Path base() {
    return folder.resolve(BASE);
  }

  /** The folder of a member, by its number from 0. */
  public Path member(int number) {
    String level =
        new BigDecimal(levels.get(number).toString()).stripTrailingZeros().toPlainString();
    return folder.resolve("level-" + level);
  }

  /** A member's network, by its number. */
  public ModelFolder model(int number) throws FormatException {
    return ModelFolder.open(member(number));
  }

  /** A member's tables, by its number. */
  public JpegTables tables(int number) {
    return tables.atLevel(levels.get(number));
  }

  /** The member whose level is nearest to that of the tables as they are. */
  public int nearestToTables() {
    int nearest = 0;
    for (int number = 1; number < levels.size(); number++) {
      if (distance(number) < distance(nearest)) {
        nearest = number;
      }
    }
    return nearest;
  }

  private double distance(int number) {
    return Math.abs(Math.log(levels.get(number)));
  }
}
