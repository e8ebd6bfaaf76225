package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code evaluate} says of a model. */
class EvaluateAnswersTest {
  @TempDir private static Path folder;
  private static Path key;
  private static Path model;

  @BeforeAll
  static void trainBehindKey() throws IOException {
    key = Tiny.key(folder.resolve("key"), "shuffle", 4);
    model = Tiny.train(folder.resolve("keyed"), 4, Tiny.with(key), "--lr", 0.03);
  }

  private static JsonNode evaluate(Object... more) throws IOException {
    return CommandRun.answer(
        folder, "evaluate", Tiny.DATA, "--model", model, Tiny.with(key), List.of(more));
  }

  @Test
  void sharesAreOfThePictures() throws IOException {
    JsonNode answer = evaluate();
    assertEquals(60, answer.get("images").asInt());
    double top1 = answer.get("top1").asDouble();
    double top5 = answer.get("top5").asDouble();
    assertTrue(0 <= top1 && top1 <= top5 && top5 <= 1, answer.toString());
    assertTrue(answer.get("loss").asDouble() > 0);
    assertTrue(answer.get("images_per_second").asDouble() > 0);
    assertEquals("cpu", answer.get("device").asText());
    assertFalse(answer.has("wrong_key"));
  }

  @Test
  void predictionsAgreeWithTheShares() throws IOException {
    Path csv = folder.resolve("predictions.csv");
    JsonNode answer = evaluate("--predictions", csv);
    List<String> lines = Files.readAllLines(csv);
    assertEquals("file_or_index,label,top1,top2,top3,top4,top5,logit1", lines.getFirst());
    List<String[]> rows = lines.stream().skip(1).map(line -> line.split(",", -1)).toList();
    assertEquals(60, rows.size());
    assertEquals(60, rows.stream().map(row -> row[0]).distinct().count());
    for (String[] row : rows) {
      assertEquals(8, row.length);
      // the shapes take turns, so a picture's number tells its class
      assertEquals(Integer.parseInt(row[0]) % 10, Integer.parseInt(row[1]));
      assertEquals(5, new HashSet<>(Arrays.asList(row).subList(2, 7)).size());
      assertTrue(Double.isFinite(Double.parseDouble(row[7])));
    }
    long first = rows.stream().filter(row -> row[1].equals(row[2])).count();
    long five =
        rows.stream().filter(row -> Arrays.asList(row).subList(2, 7).contains(row[1])).count();
    assertEquals(answer.get("top1").asDouble(), first / 60.0, 1e-12);
    assertEquals(answer.get("top5").asDouble(), five / 60.0, 1e-12);
  }

  @Test
  void wrongKeysAreSummedUp() throws IOException {
    // a network without a key of its own is the same in every run of this test
    Path plain = Tiny.train(folder.resolve("plain"), 4, "--lr", 0.03);
    Path weights =
        ForeignWeights.copy(plain.resolve("model.safetensors"), folder.resolve("foreign"));
    List<Object> words =
        List.of("evaluate", Tiny.DATA, Tiny.NETWORK, Tiny.with(key), "--weights", weights);
    JsonNode answer = warned(words, "--wrong-keys", 4);
    JsonNode wrong = answer.get("wrong_key");
    assertEquals(4, wrong.get("keys").asInt());
    double min = wrong.get("min").asDouble();
    double mean = wrong.get("mean").asDouble();
    double max = wrong.get("max").asDouble();
    assertTrue(0 <= min && max <= 1, wrong.toString());
    assertTrue(min < max, "four keys of a shuffle must not all do the same: " + wrong);
    assertTrue(min < mean && mean < max, wrong.toString());
    double low = wrong.get("interval").get(0).asDouble();
    double high = wrong.get("interval").get(1).asDouble();
    assertTrue(low < mean && mean < high, wrong.toString());
    assertEquals(mean, (low + high) / 2, 1e-9);
    assertEquals(Math.rint(240 * mean), 240 * mean, 1e-9);
    assertEquals(wrong, warned(words, "--wrong-keys", 4).get("wrong_key"), "the same seed");
    assertEquals(
        answer.get("top1"), warned(words).get("top1"), "wrong keys leave the right one be");
  }

  /** The answer of a command that warns that nothing tells whether the key fits. */
  private static JsonNode warned(Object... words) throws IOException {
    Path file = Files.createTempDirectory(folder, "warned").resolve("answer.json");
    CommandRun run = CommandRun.of(List.of(words), "--json", file);
    assertEquals(0, run.status(), run.err());
    run.assertComplaint("warning: ", "--key");
    return CommandRun.json(file);
  }

  @Test
  void theBatchChangesNothing() throws IOException {
    JsonNode one = evaluate("--batch", 1);
    JsonNode all = evaluate("--batch", 60);
    assertEquals(one.get("top1"), all.get("top1"));
    assertEquals(one.get("loss").asDouble(), all.get("loss").asDouble(), 1e-5);
  }

  @Test
  void withoutItsKeyTheModelWarns() {
    CommandRun run = CommandRun.of("evaluate", Tiny.DATA, "--model", model);
    assertEquals(0, run.status());
    run.assertComplaint("warning: ", "--key");
  }
}
