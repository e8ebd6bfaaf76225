package org.wardlock.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.wardlock.attacks.evaluation.Share;
import org.wardlock.nn.files.FormatException;
import org.wardlock.nn.files.JsonFile;

/** Clean accuracy of a defence, as its folder keeps it. */
final class CompressClean {
  private static final String FILE = "clean.json";
  private static final int FORMAT = 1;

  private CompressClean() {}

  /**
   * What was counted before in a folder, if it was.
   *
   * @throws FormatException if it was counted of something else
   */
  static Optional<Share> read(Path folder, Map<String, String> identity) throws FormatException {
    Path file = folder.resolve(FILE);
    if (!Files.exists(file)) {
      return Optional.empty();
    }
    JsonFile json = JsonFile.read(file, FORMAT);
    if (!json.textMap("identity").equals(identity)) {
      throw new FormatException(
          file, "of another model, table or data: resume with the same, or begin a new run");
    }
    int images = json.integer("images", 1, Integer.MAX_VALUE);
    return Optional.of(new Share(json.integer("right", 0, images), images));
  }

  static void write(Share right, Path folder, Map<String, String> identity) throws IOException {
    var json = new LinkedHashMap<String, Object>();
    json.put("format", FORMAT);
    json.put("identity", identity);
    json.put("images", right.total());
    json.put("right", right.count());
    JsonFile.replace(Files.createDirectories(folder).resolve(FILE), json);
  }
}
