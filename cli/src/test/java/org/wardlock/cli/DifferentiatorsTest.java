package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Differentiators: what training leaves, and what evaluation counts. */
class DifferentiatorsTest extends DifferentiatorRuns {
  @Test
  void trainingLeavesASmallFileForEachPairAndRatio() throws IOException {
    assertEquals(2, answer.get("rows").size());
    for (JsonNode row : answer.get("rows")) {
      Path set = trained.resolve("prune-" + row.get("pruned").asText());
      long bytes = 0;
      int files = 0;
      try (Stream<Path> paths = Files.list(set)) {
        for (Path path : paths.toList()) {
          bytes += Files.size(path);
          files++;
        }
      }
      assertEquals(bytes, row.get("bytes").asLong());
      assertEquals(files - 1, row.get("differentiators").asInt());
      double size = answer.get("student_bytes").asDouble();
      assertEquals(bytes / size, row.get("of_student").asDouble());
      assertTrue(row.get("train_accuracy").asDouble() > 0.6, row.toString());
    }
    assertEquals(answer, CommandRun.json(trained.resolve("differentiators-train.json")));
    Path page = folder.resolve("page.html");
    CommandRun.of("report", trained, "--out", page).assertDone();
    assertTrue(Files.readString(page).contains("pairwise"));
  }

  @Test
  void aKilledRunGoesOnWithTheNextOne() throws IOException {
    Path killed = Folders.copy(trained, folder, "killed");
    Map<String, String> whole = Refusal.contents(killed);
    Path set = killed.resolve("prune-0.5");
    try (Stream<Path> files = Files.list(set)) {
      for (Path file : files.filter(path -> path.toString().endsWith("ors")).skip(2).toList()) {
        Files.delete(file);
      }
    }
    Files.delete(killed.resolve("differentiators-train.json"));
    assertNotEquals(whole, Refusal.contents(killed));
    CommandRun.of(on("evaluate", killed)).assertRefused("are not trained yet", "--resume");
    assertEquals(answer, CommandRun.answer(folder, words(killed, "--resume")));
    assertEquals(whole, Refusal.contents(killed));
  }

  @Test
  void evaluationCountsWhatIsRightAndAccepted() throws IOException {
    JsonNode found =
        CommandRun.answer(
            folder, on("evaluate", trained, "--validate", "1,5", "--vote", "all,majority"));
    JsonNode plain = CommandRun.answer(folder, "evaluate", "--model", student, PICTURES);
    assertEquals(20, found.get("images").asInt());
    assertEquals(8, found.get("rows").size());
    assertFalse(found.has("clean"), "several rows");
    for (JsonNode row : found.get("rows")) {
      double right = row.get("clean_undefended").asDouble();
      assertEquals(plain.get("top1").asDouble(), right);
      double clean = row.get("clean").asDouble();
      double rejected = row.get("rejected_clean").asDouble();
      assertTrue(clean <= right && right - clean <= rejected + 1e-9, row.toString());
      assertTrue(row.get("clean_interval").get(0).asDouble() <= clean);
      assertTrue(row.get("clean_interval").get(1).asDouble() >= clean);
    }
    for (int i = 0; i < 8; i += 2) {
      JsonNode all = found.get("rows").get(i);
      JsonNode majority = found.get("rows").get(i + 1);
      assertEquals("all", all.get("vote").asText());
      assertEquals("majority", majority.get("vote").asText());
      assertTrue(all.get("rejected_clean").asDouble() >= majority.get("rejected_clean").asDouble());
    }
    JsonNode one = CommandRun.answer(folder, on("evaluate", trained.resolve("prune-0.5")));
    JsonNode row = one.get("rows").get(0);
    for (String field : List.of("clean", "rejected_clean", "bytes")) {
      assertEquals(row.get(field), one.get(field), field);
    }
    assertEquals(row, found.get("rows").get(6));
    JsonNode small = CommandRun.answer(folder, on("evaluate", trained, "--batch", 7));
    assertEquals(row, small.get("rows").get(1), "whatever the batch");
  }

  @Test
  void keptPicturesOfAnAttackAreStoppedOrNot() throws IOException {
    Path attack = folder.resolve("attack");
    JsonNode plain =
        CommandRun.answer(
            folder,
            List.of("attack", "--model", student, PICTURES, "--attack", "pgd", "--steps", 3),
            List.of("--eps", "16/255", "--keep-images", "--out", attack));
    int broken = (int) Math.round(20 * (1 - plain.get("robust_accuracy").asDouble()));
    Path file = attack.resolve("adversarial.safetensors");
    JsonNode found =
        CommandRun.answer(
            folder,
            on("evaluate", trained.resolve("prune-0.5"), "--pictures", attack + "," + file));
    JsonNode first = found.get("attacked").get(0);
    assertEquals(20, first.get("pictures").asInt());
    assertEquals(broken, first.get("fooling").asInt());
    assertEquals(first.get("stopped"), found.get("attacked").get(1).get("stopped"));
    assertEquals(first.get("stopped"), found.get("stopped"));
    double stopped = first.get("stopped").asDouble() * broken;
    assertEquals((20 - broken + stopped) / 20, first.get("rejected_or_right").asDouble(), 1e-9);

    Path rounds = Files.createDirectories(folder.resolve("rounds"));
    Files.move(attack, rounds.resolve("dssim-0.003"));
    JsonNode inside =
        CommandRun.answer(
            folder, on("evaluate", trained.resolve("prune-0.5"), "--pictures", rounds));
    assertEquals(found.get("stopped"), inside.get("stopped"));
    assertEquals(
        rounds.resolve("dssim-0.003").toString(),
        inside.get("attacked").get(0).get("name").asText());
    file = rounds.resolve("dssim-0.003").resolve("adversarial.safetensors");

    Path lone = Files.createDirectories(folder.resolve("lone"));
    CommandRun.of(on("evaluate", trained, "--pictures", lone))
        .assertRefused("has no adversarial.safetensors");
    Files.copy(file, lone.resolve("adversarial.safetensors"));
    CommandRun.of(on("evaluate", trained, "--pictures", lone))
        .assertRefused("records.csv, which is missing");
    Path records = lone.resolve("records.csv");
    Files.writeString(records, "index,class\n0,1\n");
    CommandRun.of(on("evaluate", trained, "--pictures", lone)).assertRefused("no column 'label'");
    Files.writeString(records, "index,label\n0,1\n");
    CommandRun.of(on("evaluate", trained, "--pictures", lone)).assertRefused("1 records for 20");
    Files.writeString(records, "index,label\n0,11\n");
    CommandRun.of(on("evaluate", trained, "--pictures", lone)).assertRefused("line 2 is '0,11'");
  }

  @Test
  void oneVsRestHasOneForEachClass() throws IOException {
    Path out = folder.resolve("rest");
    JsonNode made =
        CommandRun.answer(
            folder,
            List.of("differentiators", "train", "--student", student, Tiny.DATA),
            List.of("--prune", 0, "--kind", "one-vs-rest", "--tune", "biases", "--epochs", 1),
            List.of("--out", out));
    assertEquals(10, made.get("rows").get(0).get("differentiators").asInt());
    assertTrue(Files.exists(out.resolve("prune-0").resolve("3-rest.safetensors")));
    JsonNode found = CommandRun.answer(folder, on("evaluate", out, "--validate", 20));
    assertEquals("one-vs-rest", found.get("kind").asText());
  }

  @Test
  void aStudentStoredAsAnAdapterNeedsItsTeacher() throws IOException {
    Path tuned = folder.resolve("tuned");
    Path weights = student.resolve("model.safetensors");
    CommandRun.of(
            List.of("train", Tiny.DATA, Tiny.NETWORK, Tiny.recipe(1), "--weights", weights),
            List.of("--train", "head", "--out", tuned))
        .assertDone();
    Path out = folder.resolve("out");
    List<Object> words =
        List.of("differentiators", "train", "--student", tuned, Tiny.DATA, "--prune", 0.5);
    Refusal.expect(folder, List.of(words, "--out", out), "an adapter alone", "--weights");
    CommandRun.of(words, "--pairs", 1, "--weights", weights, "--out", out).assertDone();
    CommandRun.of(on("evaluate", out)).assertRefused("made for the student of digest");
    Refusal.expect(
        folder, List.of(words(folder.resolve("other")), "--weights", weights), "is whole");
  }

  @Test
  void whatCannotBeIsRefused() throws IOException {
    Path out = folder.resolve("out");
    List<Object> start =
        List.of("differentiators", "train", "--student", student, Tiny.DATA, "--out", out);
    Refusal.expect(folder, start, "--prune");
    Refusal.expect(folder, List.of(start, "--prune", 1), "--prune 1.0", "below 1");
    Refusal.expect(folder, List.of(start, "--prune", "0.5,0.50"), "the same twice");
    List<Object> half = List.of(start, "--prune", 0.5);
    Refusal.expect(folder, List.of(half, "--kind", "both"), "kind 'both'");
    Refusal.expect(folder, List.of(half, "--tune", "norms"), "tuning 'norms'");
    Refusal.expect(folder, List.of(half, "--pairs", 0), "--pairs 0");
    Refusal.expect(
        folder, List.of(half, "--pairs", 2, "--kind", "one-vs-rest"), "there are none of kind");
    Refusal.expect(folder, List.of(half, "--epochs", 0), "0 epochs");
    Refusal.expect(folder, List.of(half, "--batch", 0), "0 pictures a batch");
    List<Object> few = List.of("--data", "shapes:16", "--limit", 5, "--prune", 0.5, "--out", out);
    Refusal.expect(
        folder,
        List.of("differentiators", "train", "--student", student, few),
        "none of the 5 pictures is of class");
    Refusal.expect(folder, words(trained), "--resume");
    Refusal.expect(folder, words(trained, "--resume", "--seed", 1), "--seed was 0");
    Refusal.expect(folder, words(trained, "--resume", "--tune", "all"), "--tune was head");
    Refusal.expect(folder, on("evaluate", student), "holds none");
    Refusal.expect(folder, on("evaluate", trained, "--validate", 0), "--validate 0");
    Refusal.expect(folder, on("evaluate", trained, "--vote", "most"), "vote 'most'");
    Refusal.expect(folder, on("evaluate", trained, "--batch", 0), "--batch 0");
    Refusal.expect(
        folder,
        on("attack", trained, "--eps", "8/255", "--targets", "next", "--out", out),
        "--targets next");
    CommandRun.of("differentiators").assertRefused("train, evaluate, attack or mimic is missing");
    Path other = Tiny.train(folder.resolve("other"), 1);
    CommandRun.of("differentiators", "evaluate", "--student", other, PICTURES)
        .assertRefused("--differentiators");
    CommandRun.of(
            List.of("differentiators", "evaluate", "--student", other, PICTURES),
            List.of("--differentiators", trained))
        .assertRefused("made for the student of digest");
  }
}
