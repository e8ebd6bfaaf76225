package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code threat} says of a keyed model, and what it leaves. */
class ThreatAnswersTest {
  private static final int COUNT = 20;

  @TempDir private static Path folder;
  private static Path key;
  private static Path own;
  private static Path keyed;
  private static Path surrogate;
  private static Path plain;

  @BeforeAll
  static void train() throws IOException {
    key = Tiny.key(folder.resolve("key.p12"), "shuffle", 4);
    own = Tiny.key(folder.resolve("own.p12"), "shuffle", 4);
    keyed = Tiny.train(folder.resolve("keyed"), 4, "--lr", 0.03, Tiny.with(key));
    surrogate = Tiny.train(folder.resolve("surrogate"), 4, "--lr", 0.03, Tiny.with(own));
    plain = Tiny.train(folder.resolve("plain"), 4, "--lr", 0.03);
  }

  private static List<Object> words(Path out) {
    return List.of(
        List.of("threat", "--model", keyed, Tiny.with(key), "--out", out),
        List.of("--data", "shapes:16", "--limit", COUNT, "--pool-limit", 30),
        List.of("--eps", "8/255", "--queries", 20, "--label-queries", 20),
        List.of("--copy-queries", 40, "--copy-epochs", 1));
  }

  private static Map<String, JsonNode> rows(JsonNode answer) {
    Map<String, JsonNode> rows = new HashMap<>();
    answer.get("rows").forEach(row -> rows.put(row.get("row").asText(), row));
    return rows;
  }

  private static List<String[]> records(Path out, String row) throws IOException {
    return Files.readAllLines(out.resolve("rows").resolve(row).resolve("records.csv")).stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .toList();
  }

  @Test
  void theHeadlineIsTheMinimumOverTheRecordsWithoutKey() throws IOException {
    Path out = folder.resolve("headline");
    JsonNode answer = CommandRun.answer(folder, words(out), "--rows", "A,B,F", "--base", plain);
    List<List<String[]>> without = List.of(records(out, "a-transfer"), records(out, "b-square"));
    int standing = 0;
    for (int i = 0; i < COUNT; i++) {
      int picture = i;
      String[] first = without.getFirst().get(i);
      boolean right = first[1].equals(first[2]);
      boolean stands = without.stream().allMatch(lines -> lines.get(picture)[3].isEmpty());
      standing += right && stands ? 1 : 0;
    }
    assertEquals(COUNT, answer.get("images").asInt());
    assertEquals((double) standing / COUNT, answer.get("without_key").asDouble());
    long known =
        records(out, "f-key-known").stream()
            .filter(line -> line[1].equals(line[2]) && line[3].isEmpty())
            .count();
    assertEquals((double) known / COUNT, answer.get("with_key").asDouble());
    assertEquals(answer, CommandRun.json(out.resolve("threat.json")));
    assertEquals("[\"A\",\"B\"]", answer.get("without_key_attackers").toString());
    assertTrue(answer.get("without_key_missing").toString().contains("\"E\""));
    assertEquals("not asked for", rows(answer).get("e-own-key").get("not_run").asText());
  }

  @Test
  void rowsMayBeAddedToARunThatIsDone() throws IOException {
    Path out = folder.resolve("added");
    CommandRun.answer(folder, words(out), "--rows", "B");
    byte[] before = Files.readAllBytes(out.resolve("rows/b-square/records.csv"));
    JsonNode answer =
        CommandRun.answer(
            folder,
            words(out),
            List.of("--rows", "B,E,g-copycat", "--resume", "--batch", 7),
            List.of("--surrogate", surrogate, "--surrogate-key", own));
    // the surrogate's key is under the same password
    assertTrue(rows(answer).get("e-own-key").has("robust_accuracy"));
    JsonNode copy = rows(answer).get("g-copycat");
    assertEquals("40", copy.get("findings").get("queries of the extraction").asText());
    assertTrue(copy.get("queries").asInt() >= 40, copy.toString());
    assertEquals(new String(before), Files.readString(out.resolve("rows/b-square/records.csv")));
  }

  @Test
  void noFileShowsASecret() throws IOException {
    Path out = folder.resolve("secret");
    CommandRun run = CommandRun.of(words(out), "--rows", "A,B", "--base", plain).assertDone();
    List<String> texts = new ArrayList<>(List.of(run.out()));
    try (Stream<Path> files = Files.walk(out)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        texts.add(Files.readString(file));
      }
    }
    assertTrue(texts.size() > 5, "files of the run");
    texts.forEach(text -> assertFalse(text.contains(Tiny.PASSWORD), text));
    assertTrue(run.out().contains("of C, D, E, G no row was run"), run.out());
  }

  @Test
  void whatCannotBeIsRefused() throws IOException {
    Path out = folder.resolve("refused");
    CommandRun.of(words(out), "--base", keyed).assertRefused("--base", "expected a plain model");
    CommandRun.of(words(out), "--surrogate", surrogate)
        .assertRefused("--surrogate and --surrogate-key are given together");
    CommandRun.of(words(out), "--surrogate", surrogate, "--surrogate-key", key)
        .assertRefused("expected key");
    CommandRun.of(words(out), "--rows", "B,X").assertRefused("'X'");
    CommandRun.of(
            List.of("threat", "--model", keyed, Tiny.with(key), "--out", out),
            List.of("--data", "shapes:16", "--limit", 2, "--eps", "8/255", "--queries", 0))
        .assertRefused("--queries 0");
    assertFalse(Files.exists(out), "nothing was begun");
  }
}
