package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.evaluation.PictureRecord;
import org.wardlock.attacks.evaluation.RecordedRun;

/** The attacker who has the differentiators. */
class DifferentiatorsAttackTest extends DifferentiatorRuns {
  /**
   * Of a student that names many pictures wrongly: those are nobody's success, whatever is said of
   * them.
   */
  @Test
  void theAttackerWhoKnowsThemIsCountedAsEvaluationCounts() throws IOException {
    Path out = folder.resolve("adaptive");
    Path set = trained.resolve("prune-0.5");
    List<Object> words =
        on(
            "attack",
            set,
            List.of("--eps", "32/255", "--steps", 5, "--vote", "all,majority", "--out", out));
    JsonNode found = CommandRun.answer(folder, words);
    JsonNode plain = CommandRun.answer(folder, "evaluate", "--model", student, PICTURES);
    int right = (int) Math.round(20 * plain.get("top1").asDouble());
    assertTrue(right > 0 && right < 20, right + " of 20 say little");
    assertEquals(20, found.get("images").asInt());
    assertEquals(right, found.get("attacked").asInt());
    assertEquals(3, found.get("rows").size());
    JsonNode undefended = found.get("rows").get(0);
    assertEquals("undefended", undefended.get("name").asText());
    assertEquals(plain.get("top1"), undefended.get("clean"));
    int successes = 0;
    int rejected = 0;
    for (JsonNode row : found.get("rows")) {
      assertFalse(row.has("stopped"), "what that is, is for pictures that fool the student");
      List<PictureRecord> records =
          RecordedRun.read(out.resolve(row.get("name").asText())).pictures();
      assertEquals(right, records.size());
      assertTrue(row != undefended || records.stream().allMatch(PictureRecord::isCleanRight));
      assertTrue(
          records.stream().allMatch(record -> record.queries() > 0),
          "nothing is spared for being rejected without attack");
      rejected += (int) records.stream().filter(record -> !record.isCleanRight()).count();
      long broken = records.stream().filter(record -> record.brokenBy().isPresent()).count();
      assertEquals((double) broken / right, row.get("targeted_success").asDouble());
      assertEquals(1 - (double) broken / right, row.get("rejected_or_right").asDouble(), 1e-12);
      successes += (int) broken;
    }
    assertTrue(successes > 0, found.toString());
    assertTrue(rejected > 0, "which shows little");
    for (int i = 1; i < 3; i++) {
      JsonNode row = found.get("rows").get(i);
      assertEquals("pairwise", row.get("kind").asText());
      JsonNode judged =
          CommandRun.answer(
              folder,
              on("evaluate", set, "--vote", row.get("vote").asText()),
              "--pictures",
              out.resolve(row.get("name").asText()));
      assertEquals(judged.get("clean"), row.get("clean"), "the same view of clean pictures");
      JsonNode attacked = judged.get("attacked").get(0);
      assertEquals(right, attacked.get("pictures").asInt());
      for (String field : List.of("rejected_or_right", "rejected_or_right_interval")) {
        assertEquals(attacked.get(field), row.get(field), field);
      }
    }
    Map<String, String> before = Refusal.contents(out);
    assertEquals(found, CommandRun.answer(folder, words, "--resume"));
    assertEquals(before, Refusal.contents(out));
    JsonNode random =
        CommandRun.answer(
            folder,
            on("attack", trained.resolve("prune-0.5"), "--eps", 0, "--steps", 1),
            List.of("--targets", "random", "--out", folder.resolve("random")));
    assertEquals("random", random.get("targets").asText());
    CommandRun.of(words, "--resume", "--targets", "random").assertRefused("--targets was likely");
  }

  @Test
  void whatIsWrongWithoutAttackIsNotAttacked() throws IOException {
    Path predictions = folder.resolve("predictions.csv");
    CommandRun.of("evaluate", "--model", student, Tiny.DATA, "--predictions", predictions)
        .assertDone();
    String wrong =
        Files.readAllLines(predictions).stream()
            .skip(1)
            .map(line -> line.split(","))
            .filter(fields -> !fields[1].equals(fields[2]))
            .map(fields -> fields[0])
            .findFirst()
            .orElseThrow();
    Path ids = Files.writeString(folder.resolve("ids.txt"), wrong + "\n");
    CommandRun.of(
            List.of("differentiators", "attack", "--student", student, "--data", "shapes:16"),
            List.of("--ids", ids, "--differentiators", trained, "--eps", "8/255", "--out"),
            folder.resolve("wrong"))
        .assertRefused("--data", "names none of the 1 pictures rightly");
    Path none = folder.resolve("none");
    List<Object> words = on("attack", trained, "--eps", "8/255", "--batch", 0, "--out", none);
    Refusal.expect(folder, words, "--batch 0");
    assertFalse(Files.exists(none));
  }

  @Test
  void whoHasThemMimicsInTheirEyesToo() throws IOException {
    Path out = folder.resolve("mimicked");
    Path set = trained.resolve("prune-0.5");
    List<Object> words =
        on(
            "mimic",
            set,
            List.of("--cutoff", "block1", "--dssim", 0.2, "--pairs", 3, "--steps", 20),
            List.of("--vote", "all,majority", "--out", out));
    JsonNode found = CommandRun.answer(folder, words);
    assertEquals(2, found.get("rows").size());
    Path round = out.resolve("prune-0.5-pairwise").resolve("dssim-0.2");
    for (JsonNode row : found.get("rows")) {
      JsonNode judged =
          CommandRun.answer(
              folder, on("evaluate", set, "--pictures", round, "--vote", row.get("vote").asText()));
      for (String field : List.of("pictures", "fooling", "stopped", "rejected_or_right")) {
        assertEquals(judged.get("attacked").get(0).get(field), row.get(field), field);
      }
    }
    for (String line : Files.readAllLines(round.resolve("records.csv")).subList(1, 4)) {
      String[] fields = line.split(",");
      assertTrue(Double.parseDouble(fields[7]) <= 0.2, line);
      assertTrue(Double.parseDouble(fields[8]) < Double.parseDouble(fields[9]), line);
    }
    Map<String, String> before = Refusal.contents(out);
    assertEquals(found, CommandRun.answer(folder, words, "--resume"));
    assertEquals(before, Refusal.contents(out));
    List<Object> start = on("mimic", set, "--pairs", 1, "--out", folder.resolve("refused"));
    Refusal.expect(folder, List.of(start, "--cutoff", "block9", "--dssim", 1), "--cutoff");
    Refusal.expect(folder, List.of(start, "--cutoff", "block1", "--dssim", 0), "--dssim 0.0");
    Refusal.expect(
        folder,
        List.of(start, "--cutoff", "block1", "--dssim", 1, "--steps", 0),
        "--steps 0: expected at least 1");
  }

  /** Not a step more than it takes, and no success less. */
  @Test
  void whatIsAcceptedCanBeLeftAlone() throws IOException {
    Path set = trained.resolve("prune-0.25");
    List<Object> words =
        on(
            "mimic",
            set,
            List.of("--cutoff", "block1", "--dssim", 0.4, "--pairs", 4, "--steps", 60),
            List.of("--vote", "all,majority", "--out"));
    JsonNode whole = CommandRun.answer(folder, words, folder.resolve("to the end")).get("rows");
    Path out = folder.resolve("until");
    JsonNode until = CommandRun.answer(folder, words, out, "--stop-when-accepted").get("rows");
    assertTrue(whole.get(0).get("targeted_success").asDouble() > 0, "which shows little");
    for (int i = 0; i < 2; i++) {
      double successes = until.get(i).get("targeted_success").asDouble();
      assertTrue(successes >= whole.get(i).get("targeted_success").asDouble(), until.toString());
      assertTrue(until.get(i).get("steps").asDouble() < whole.get(i).get("steps").asDouble());
    }
    for (String line :
        Files.readAllLines(out.resolve("prune-0.25-pairwise/dssim-0.4/records.csv"))
            .subList(1, 5)) {
      String[] fields = line.split(",");
      boolean isLeft = !fields[10].equals("60");
      assertTrue(!isLeft || fields[6].equals(fields[5]), "left alone before it was there: " + line);
    }
  }

  @Test
  void setsOfSeveralFoldersAreLookedAtInOneCall() throws IOException {
    Path rest = folder.resolve("rest");
    CommandRun.of(
            List.of("differentiators", "train", "--student", student, Tiny.DATA),
            List.of("--prune", 0.5, "--kind", "one-vs-rest", "--out", rest))
        .assertDone();
    Path half = trained.resolve("prune-0.5");
    Path out = folder.resolve("both");
    JsonNode found =
        CommandRun.answer(
            folder,
            on("attack", trained, "--eps", "8/255", "--steps", 1, "--out", out),
            List.of("--differentiators", rest));
    assertEquals(
        List.of(
            "undefended",
            "prune-0.25-pairwise-5-all",
            "prune-0.5-pairwise-5-all",
            "prune-0.5-one-vs-rest-5-all"),
        found.get("rows").findValuesAsText("name"));
    CommandRun.of(on("evaluate", Path.of(trained + "," + half)))
        .assertRefused("two sets of prune-0.5-pairwise");
  }
}
