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
            .map(entry -> plain(entry.getKey()) + "=" + withoutBreaks(entry.getValue()) + "\n")
            .collect(Collectors.joining());
    DurableFiles.replace(file, text);
  }

  /**
   * What was written, in its order.
   *
   * @throws FormatException if the file is missing or has lines of another form
   */
  static Map<String, String> read(Path file) throws FormatException {
    Map<String, String> written = new LinkedHashMap<>();
    for (String line : TextFile.lines(file)) {
      int end = line.indexOf('=');
      if (end < 0) {
        throw new FormatException(file, "line '" + line + "', expected name=value");
      }
      written.put(line.substring(0, end), line.substring(end + 1));
    }
    return written;
  }

  /**
   * Compares with what was written.
   *
   * @throws FormatException naming the first field that differs
   */
  static void require(Path file, Map<String, String> identity) throws IOException {
    Map<String, String> written = read(file);
    Set<String> names = new LinkedHashSet<>(written.keySet());
    identity.keySet().forEach(name -> names.add(plain(name)));
    Map<String, String> wanted = new LinkedHashMap<>();
    identity.forEach((name, value) -> wanted.put(plain(name), plain(value)));
    for (String name : names) {
      String before = plain(written.getOrDefault(name, "nothing"));
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

  /** A value. */
  private static String withoutBreaks(String text) {
    return text.replaceAll("[\\r\\n]+", " ");
  }

  /** A name, which may not hold what ends it; values are compared in this form, too. */
  private static String plain(String text) {
    return text.replaceAll("[\\r\\n=]+", " ");
  }
}
