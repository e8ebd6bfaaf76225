package org.wardlock.attacks.evaluation;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.wardlock.nn.files.DurableFiles;
import org.wardlock.nn.files.FormatException;

/** What a resumed run must agree in with the run it resumes: lines {@code name=value}. */
final class IdentityFile {
  private IdentityFile() {}

  static void write(Path file, Map<String, String> identity) throws IOException {
    String text =
        identity.entrySet().stream()
            .map(entry -> oneLine(entry.getKey()) + "=" + oneLine(entry.getValue()) + "\n")
            .collect(Collectors.joining());
    DurableFiles.replace(file, text);
  }

  /**
   * Compares with what was written.
   *
   * @throws FormatException naming the first field that differs
   */
  static void require(Path file, Map<String, String> identity) throws IOException {
    Map<String, String> written = new LinkedHashMap<>();
    for (String line : TextFile.lines(file)) {
      int end = line.indexOf('=');
      if (end < 0) {
        throw new FormatException(file, "line '" + line + "', expected name=value");
      }
      written.put(line.substring(0, end), line.substring(end + 1));
    }
    Set<String> names = new LinkedHashSet<>(written.keySet());
    identity.keySet().forEach(name -> names.add(oneLine(name)));
    Map<String, String> wanted = new LinkedHashMap<>();
    identity.forEach((name, value) -> wanted.put(oneLine(name), oneLine(value)));
    for (String name : names) {
      String before = written.getOrDefault(name, "nothing");
      String now = wanted.getOrDefault(name, "nothing");
      if (!before.equals(now)) {
        throw new FormatException(
            file,
            "the run to resume has "
                + name
                + " "
                + before
                + ", this one "
                + now
                + "; resume it with its own options or choose another folder");
      }
    }
  }

  private static String oneLine(String text) {
    return text.replaceAll("[\\r\\n=]+", " ");
  }
}
