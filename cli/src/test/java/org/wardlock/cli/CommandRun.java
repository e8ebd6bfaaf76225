package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * What a command came to, run in this JVM as a shell would run it.
 *
 * @param status its exit status
 * @param out what it printed for people
 * @param err what it complained about
 */
record CommandRun(int status, String out, String err) {
  private static final ObjectMapper MAPPER = new ObjectMapper();

  /** Runs a command; words may be strings, paths, numbers, and lists of such. */
  static CommandRun of(Object... words) {
    var out = new StringWriter();
    var err = new StringWriter();
    int status = Main.run(new PrintWriter(out), new PrintWriter(err), flatten(words));
    return new CommandRun(status, out.toString(), err.toString());
  }

  /** Runs a command that must succeed and complain of nothing, and reads the answer it writes. */
  static JsonNode answer(Path folder, Object... words) throws IOException {
    Path file = Files.createTempDirectory(folder, "answer").resolve("answer.json");
    of(List.of(words), "--json", file).assertDone();
    return json(file);
  }

  static JsonNode json(Path file) throws IOException {
    return MAPPER.readTree(file.toFile());
  }

  CommandRun assertDone() {
    assertEquals("", err, "complaints");
    assertEquals(0, status, "exit status");
    return this;
  }

  /** The command was refused in one line that has all these parts. */
  CommandRun assertRefused(Object... parts) {
    assertComplaint(parts);
    assertTrue(err.startsWith("wardlock"), err);
    assertEquals(Failures.INPUT, status, "exit status of: " + err);
    return this;
  }

  /** There is one line on stderr, and it has all these parts. */
  CommandRun assertComplaint(Object... parts) {
    assertEquals(1, err.lines().count(), "lines of: " + err);
    for (String part : flatten(parts)) {
      assertTrue(err.contains(part), "'" + part + "' in: " + err);
    }
    return this;
  }

  /** The words of a command line, one by one. */
  static String[] flatten(Object... words) {
    var flat = new ArrayList<String>();
    for (Object word : words) {
      if (word instanceof List<?> several) {
        flat.addAll(Arrays.asList(flatten(several.toArray())));
      } else {
        flat.add(word.toString());
      }
    }
    return flat.toArray(String[]::new);
  }
}
