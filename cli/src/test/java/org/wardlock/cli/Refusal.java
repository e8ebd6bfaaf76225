package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Commands that must be refused, and must leave everything as it was. */
final class Refusal {
  private Refusal() {}

  /**
   * Runs a command that must be refused in one line with all these parts, print nothing else, show
   * no password, and leave the folder as it is, file by file and byte by byte.
   */
  static CommandRun expect(Path folder, List<Object> words, Object... parts) throws IOException {
    Map<String, String> before = contents(folder);
    CommandRun run = CommandRun.of(words).assertRefused(parts);
    assertEquals("", run.out(), "answers of a command that was refused");
    assertFalse(run.err().contains(Tiny.PASSWORD), run.err());
    assertEquals(before, contents(folder));
    return run;
  }

  /**
   * A command's words with other values of some options, and further ones.
   *
   * @param words strings, numbers, paths, and lists of such; each option that comes again has one
   *     value
   * @param instead options, each with its value
   */
  static List<Object> instead(List<?> words, List<?> instead) {
    var flat = new ArrayList<Object>();
    flatten(words, flat);
    for (Object word : instead) {
      int found = flat.indexOf(word);
      if (found >= 0 && word.toString().startsWith("--")) {
        flat.subList(found, found + 2).clear();
      }
    }
    flat.addAll(instead);
    return flat;
  }

  private static void flatten(List<?> words, List<Object> flat) {
    for (Object word : words) {
      if (word instanceof List<?> several) {
        flatten(several, flat);
      } else {
        flat.add(word);
      }
    }
  }

  /** What lies in a folder: folders, and files with their sizes and digests. */
  static Map<String, String> contents(Path folder) throws IOException {
    var contents = new TreeMap<String, String>();
    try (Stream<Path> paths = Files.walk(folder)) {
      paths.forEach(path -> contents.put(folder.relativize(path).toString(), content(path)));
    }
    return contents;
  }

  private static String content(Path path) {
    try {
      if (Files.isDirectory(path)) {
        return "folder";
      }
      byte[] bytes = Files.readAllBytes(path);
      byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
      return bytes.length + " bytes " + HexFormat.of().formatHex(digest);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
