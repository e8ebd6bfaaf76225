package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wardlock.nn.files.JsonFile;

/**
 * Where mimicking pictures lie: a folder for each budget.
 *
 * @param path of the folder
 */
record MimicFolder(Path path) {
  /** The answer, written last. */
  static final String ANSWER = "mimic.json";

  private static final String MODELS = "models.json";
  private static final int FORMAT = 1;

  /**
   * Writes down which models the run is about, or checks that they are those that it began with.
   *
   * @throws InputException naming what differs
   */
  void settle(Map<String, String> models) throws IOException {
    Path file = path.resolve(MODELS);
    if (!Files.exists(file)) {
      var json = new LinkedHashMap<String, Object>();
      json.put("format", FORMAT);
      json.put("models", models);
      JsonFile.replace(file, json);
      return;
    }
    Map<String, String> begun = JsonFile.read(file, FORMAT).textMap("models");
    for (var entry : models.entrySet()) {
      String before = begun.getOrDefault(entry.getKey(), "nothing");
      if (!before.equals(entry.getValue())) {
        throw new InputException(
            "--out %s: the run to resume has %s %s, this one %s; resume it with the same, or choose another folder"
                .formatted(path, entry.getKey(), before, entry.getValue()));
      }
    }
  }

  /** What lies there of a budget. */
  MimicRound round(double budget) {
    return new MimicRound(path.resolve("dssim-" + budget), budget);
  }
}
