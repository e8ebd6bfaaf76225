package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/**
 * A classifier of one level of compression, fine-tuned.
 *
 * @param level what its table is multiplied by
 * @param valTop1 accuracy on pictures at that level, from 0 to 1
 */
record CompressLevel(double level, double valTop1) {
  private static final String FILE = "level.json";
  private static final int FORMAT = 1;

  /** Whether the one in a folder is finished. */
  static boolean isDone(Path folder) {
    return Files.exists(folder.resolve(FILE));
  }

  static CompressLevel read(Path folder) throws FormatException {
    JsonFile json = JsonFile.read(folder.resolve(FILE), FORMAT);
    return new CompressLevel(json.number("level"), json.number("val_top1"));
  }

  void write(Path folder) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.putAll(toJson());
    JsonFile.replace(folder.resolve(FILE), json);
  }

  Map<String, Object> toJson() {
    var json = new LinkedHashMap<String, Object>();
    json.put("level", level);
    json.put("val_top1", valTop1);
    return json;
  }
}
