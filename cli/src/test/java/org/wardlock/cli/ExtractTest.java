package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.cli.report.WellFormed;

/** Model stealing from the command line: what comes of it, and how killed runs go on. */
class ExtractTest {
  private static final List<Object> COPY =
      List.of("--arch", "convmixer-8-1-k3-p4", "--epochs", 2, "--batch", 20);
  private static final List<Object> JUDGED =
      List.of("--test", "shapes:16", "--test-limit", 60, "--attacked", 6, "--eps", "4/255");

  @TempDir private static Path shared;
  private static Path victim;
  private static Path whole;
  private static JsonNode answer;

  @TempDir private Path folder;

  @BeforeAll
  static void extract() throws IOException {
    victim = Tiny.train(shared.resolve("victim"), 6, "--lr", 0.03);
    whole = shared.resolve("whole");
    answer = CommandRun.answer(shared, words(whole));
  }

  /** A curve of two budgets. */
  private static List<Object> words(Path out, Object... more) {
    return List.of(
        List.of("extract", "--victim", victim, "--pool", "shapes:16", COPY, JUDGED),
        List.of("--budget", "90,40", "--checkpoint-every", 1, "--out", out),
        List.of(more));
  }

  /** The copy of one budget, of a victim, not attacked. */
  private List<Object> one(Object from, String name, Object... more) {
    return List.of(
        List.of("extract", "--victim", from, "--pool", "shapes:16", COPY),
        List.of("--test", "shapes:16", "--test-limit", 60, "--attacked", 0),
        List.of("--budget", 40, "--out", folder.resolve(name)),
        List.of(more));
  }

  @Test
  void theCurveSaysWhatEachCopyIsWorth() throws IOException {
    assertEquals(90, answer.get("queries").asInt());
    assertEquals(60, answer.get("images").asInt());
    JsonNode curve = answer.get("curve");
    assertEquals(2, curve.size());
    for (JsonNode copy : curve) {
      int budget = copy.get("budget").asInt();
      assertEquals(budget, copy.get("queries").asInt());
      Path place = whole.resolve("copy-" + budget);
      JsonNode evaluated =
          CommandRun.answer(
              folder, "evaluate", "--model", place, "--data", "shapes:16", "--limit", 60);
      assertEquals(evaluated.get("top1"), copy.get("copy_top1"));
      JsonNode interval = copy.get("copy_top1_interval");
      assertTrue(interval.get(0).asDouble() <= copy.get("copy_top1").asDouble());
      assertTrue(interval.get(1).asDouble() >= copy.get("copy_top1").asDouble());
      double ratio = copy.get("macro_f1").asDouble() / answer.get("victim_macro_f1").asDouble();
      assertEquals(ratio, copy.get("macro_f1_ratio").asDouble(), 1e-12);
      int answered = 0;
      for (JsonNode count : copy.get("answers_per_class")) {
        answered += count.asInt();
      }
      assertEquals(budget, answered);
    }
    assertEquals(curve.get(1).get("copy_top1"), answer.get("copy_top1"));
    assertEquals(curve.get(1).get("fidelity"), answer.get("fidelity"));
    assertEquals(curve.get(1).get("macro_f1_ratio"), answer.get("macro_f1_ratio"));
    JsonNode evaluated =
        CommandRun.answer(
            folder, "evaluate", "--model", victim, "--data", "shapes:16", "--limit", 60);
    assertEquals(evaluated.get("top1"), answer.get("victim_top1"));
    assertEquals(answer, CommandRun.json(whole.resolve("extract.json")));
  }

  @Test
  void whatCarriesOverIsWhatAttackSays() throws IOException {
    JsonNode transfer = answer.get("transfer");
    assertEquals(6, transfer.get("images").asInt());
    assertEquals(3, transfer.get("attacks").size());
    JsonNode apgd = transfer.get("attacks").get(0);
    assertEquals("apgd-ce", apgd.get("name").asText());
    JsonNode attacked =
        CommandRun.answer(
            folder,
            List.of("attack", "--model", victim, "--surrogate", whole.resolve("copy-90")),
            List.of("--data", "shapes:16", "--limit", 6, "--attack", "apgd-ce"),
            List.of("--eps", "4/255", "--out", folder.resolve("attack")));
    assertEquals(attacked.get("clean_accuracy"), transfer.get("clean_accuracy"));
    assertEquals(attacked.get("robust_accuracy"), apgd.get("robust_accuracy"));
    double worst = transfer.get("robust_accuracy").asDouble();
    assertTrue(worst <= apgd.get("robust_accuracy").asDouble());
    double agreed = 0;
    for (JsonNode attack : transfer.get("attacks")) {
      agreed += attack.get("agreement").asDouble() / 3;
    }
    assertEquals(agreed, transfer.get("agreement").asDouble(), 1e-12);
  }

  @Test
  void reportShowsTheCurveAndEachTraining() throws IOException {
    Path page = folder.resolve("page.html");
    CommandRun.of("report", whole, whole.resolve("copy-90"), "--out", page).assertDone();
    String html = Files.readString(page).replace("<wbr>", "");
    WellFormed.assertPage(Files.readString(page));
    assertTrue(html.contains("<caption>curve</caption>"), "no curve");
    assertTrue(html.contains("apgd-ce"), "no attacks");
  }

  @Test
  void aRunKilledInAnyPlaceGoesOnToTheSameBits() throws IOException {
    Path asking = Folders.copy(whole, folder, "in-asking");
    Folders.delete(asking, "copy-40", "copy-90", "extract.json");
    Path answers = asking.resolve("asked").resolve("pool.bin");
    byte[] all = Files.readAllBytes(answers);
    Files.write(answers, Arrays.copyOf(all, 40 * (all.length / 90)));
    // the second of three rounds was about to be noted
    Path shown = asking.resolve("asked").resolve("pool.shown");
    byte[] rounds = Files.readAllBytes(shown);
    Files.write(shown, Arrays.copyOf(rounds, rounds.length / 3 + 5));
    CommandRun.of(words(asking, "--resume")).assertDone();
    assertSame(asking);

    Path training = Folders.copy(whole, folder, "in-training");
    Folders.delete(training, "extract.json");
    Path place = training.resolve("copy-90");
    Folders.delete(place, "copy.json", "model.safetensors", "metrics.json");
    Path latest = place.resolve("checkpoints").resolve("latest");
    String last = Files.readString(latest).strip();
    int step = Integer.parseInt(last.substring("step-".length()));
    Folders.delete(place.resolve("checkpoints"), last);
    Files.writeString(latest, "step-" + (step - 1) + "\n");
    CommandRun resumed = CommandRun.of(words(training, "--resume")).assertDone();
    assertTrue(resumed.out().contains("goes on after step " + (step - 1)), resumed.out());
    assertSame(training);

    Path judging = Folders.copy(whole, folder, "in-judging");
    Folders.delete(judging, "extract.json");
    Folders.delete(judging.resolve("copy-90"), "copy.json");
    CommandRun.of(words(judging, "--resume")).assertDone();
    assertSame(judging);
  }

  /** Killed between the question and the note of its answer, the thief has asked all the same. */
  @Test
  void questionsWhoseAnswersWereLostCount() throws IOException {
    Path lost = Folders.copy(whole, folder, "lost");
    Folders.delete(lost, "copy-90", "extract.json");
    Path answers = lost.resolve("asked").resolve("pool.bin");
    byte[] all = Files.readAllBytes(answers);
    Files.write(answers, Arrays.copyOf(all, 40 * (all.length / 90)));
    Path shown = lost.resolve("asked").resolve("pool.shown");
    byte[] rounds = Files.readAllBytes(shown);
    Files.write(shown, Arrays.copyOf(rounds, 2 * (rounds.length / 3)));
    JsonNode found = CommandRun.answer(folder, words(lost, "--resume"));
    assertEquals(90, found.get("queries").asInt());
    assertEquals(answer.get("curve").get(0), found.get("curve").get(0));
    JsonNode copy = found.get("curve").get(1);
    assertEquals(90, copy.get("queries").asInt());
    int answered = 0;
    for (JsonNode count : copy.get("answers_per_class")) {
      answered += count.asInt();
    }
    // 40, of 24 that were shown next none, the rest
    assertEquals(90 - 24, answered);
    CommandRun again = CommandRun.of(words(lost, "--resume")).assertDone();
    assertTrue(again.out().contains("24 more were given and lost"), again.out());
  }

  @Test
  void budgetsBelowWhatWasAskedAreRefused() throws IOException {
    Path asked = Folders.copy(whole, folder, "asked");
    Refusal.expect(
        folder,
        Refusal.instead(words(asked, "--resume"), List.of("--budget", 40)),
        "--budget 40",
        "asked 90 already");
    Path tuned = folder.resolve("tuned-less");
    List<Object> words =
        List.of(one(victim, "tuned-less"), "--fine-tune", "shapes:16", "--fine-tune-share", 0.25);
    CommandRun.of(words).assertDone();
    Refusal.expect(
        folder,
        Refusal.instead(List.of(words, "--resume"), List.of("--budget", 39)),
        "allows 9 questions about --fine-tune",
        "asked 10 already");
    Refusal.expect(
        folder,
        one(victim, "tuned-less", "--fine-tune-share", 0.25, "--resume"),
        "--fine-tune",
        "name them again");
    assertTrue(Files.exists(tuned.resolve("extract.json")));
  }

  @Test
  void aFinishedRunSaysAllAgainAndTakesMoreBudgets() throws IOException {
    Path again = Folders.copy(whole, folder, "again");
    assertEquals(answer, CommandRun.answer(folder, words(again, "--resume")));
    assertSame(again);
    List<Object> more = new ArrayList<>(words(again, "--resume"));
    more.set(1, List.of("--budget", "40,90,100", "--checkpoint-every", 1, "--out", again));
    JsonNode longer = CommandRun.answer(folder, more);
    assertEquals(100, longer.get("queries").asInt());
    for (int i = 0; i < 2; i++) {
      assertEquals(answer.get("curve").get(i), longer.get("curve").get(i));
    }
    Path ofItself = folder.resolve("of-itself");
    List<Object> alone = new ArrayList<>(words(ofItself));
    alone.set(1, List.of("--budget", 100, "--checkpoint-every", 1, "--out", ofItself));
    assertEquals(longer.get("curve").get(2), CommandRun.answer(folder, alone).get("curve").get(0));
  }

  @Test
  void aKeyedVictimAnswersThroughItsServiceAndAnEncryptedOneWithoutItsKey() throws IOException {
    Path key = Tiny.key(folder.resolve("key.p12"), "shuffle", 4);
    Path encrypted = folder.resolve("encrypted");
    CommandRun.of("encrypt-model", "--model", victim, Tiny.with(key), "--out", encrypted)
        .assertDone();
    JsonNode plain = CommandRun.answer(folder, one(victim, "plain"));
    JsonNode keyed = CommandRun.answer(folder, one(encrypted, "keyed", Tiny.with(key)));
    assertEquals(plain.get("victim_top1"), keyed.get("victim_top1"));
    assertEquals(plain.get("answers_per_class"), keyed.get("answers_per_class"));
    CommandRun without = CommandRun.of(one(encrypted, "without"));
    without.assertComplaint("without --key");
    assertEquals(0, without.status());
    JsonNode twin = CommandRun.json(folder.resolve("without").resolve("extract.json"));
    assertNotEquals(plain.get("answers_per_class"), twin.get("answers_per_class"));
    // he who has the weights, too, begins with them
    Path weights = encrypted.resolve("model.safetensors");
    JsonNode both =
        CommandRun.answer(
            folder, one(encrypted, "both", Tiny.with(key), "--weights", weights, "--lr", 0.001));
    assertEquals(plain.get("answers_per_class"), both.get("answers_per_class"));
    // which say how pictures are normalised for them
    String statistics = "0.4,0.4,0.4";
    Path other = Tiny.train(folder.resolve("other"), 1, "--mean", statistics, "--std", statistics);
    List<Object> begins = List.of("--weights", other.resolve("model.safetensors"));
    CommandRun.of(one(victim, "begins", begins)).assertDone();
    Path copy = folder.resolve("begins").resolve("copy-40").resolve("config.json");
    assertEquals(0.4, CommandRun.json(copy).get("model").get("mean").get(0).asDouble());
    Refusal.expect(
        folder, List.of(one(victim, "keyed", "--resume")), "victim: key was", "is none now");
  }

  @Test
  void knockoffAsksAdaptivelyForWhatIsLeftOfProbabilities() throws IOException {
    JsonNode found =
        CommandRun.answer(
            folder,
            one(victim, "soft", "--method", "knockoff", "--strategy", "adaptive"),
            List.of("--answer-classes", 3, "--answer-decimals", 2, "--queries-per-second", 4));
    assertEquals(
        "knockoff, adaptive, probabilities of 3 classes to 2 decimals", found.get("how").asText());
    assertEquals(10, found.get("seconds_of_asking").asDouble());
    assertEquals(40, found.get("queries").asInt());
    assertTrue(!found.has("transfer") && !found.has("threat"), found.toString());
  }

  @Test
  void picturesOfTheVictimsDomainComeOutOfTheBudget() throws IOException {
    List<Object> words =
        List.of(one(victim, "tuned"), "--fine-tune", "shapes:16", "--fine-tune-share", 0.25);
    JsonNode found = CommandRun.answer(folder, words);
    assertEquals(40, found.get("queries").asInt());
    assertEquals(10, found.get("fine_tune_queries").asInt());
    Path copy = folder.resolve("tuned").resolve("copy-40");
    byte[] tuned = Files.readAllBytes(copy.resolve("model.safetensors"));
    byte[] before =
        Files.readAllBytes(copy.resolve("before-fine-tuning").resolve("model.safetensors"));
    assertNotEquals(Arrays.hashCode(before), Arrays.hashCode(tuned));
    Folders.delete(copy, "copy.json", "checkpoints", "model.safetensors");
    assertEquals(found, CommandRun.answer(folder, words, "--resume"));
    assertArrayEquals(tuned, Files.readAllBytes(copy.resolve("model.safetensors")));
  }

  @Test
  void aServiceThatRefusesEndsTheCurve() throws IOException {
    Path out = folder.resolve("refused");
    List<Object> words =
        List.of(
            List.of("extract", "--victim", victim, "--pool", "shapes:16", COPY),
            List.of("--attacked", 0, "--test-limit", 60, "--budget", "20,40,60"),
            List.of("--refuse-after", 30, "--out", out));
    JsonNode found = CommandRun.answer(folder, words);
    assertEquals(2, found.get("curve").size());
    assertEquals(30, found.get("queries").asInt());
    assertEquals(30, found.get("curve").get(1).get("queries").asInt());
    assertEquals(found, CommandRun.answer(folder, words, "--resume"));
  }

  @Test
  void whatCannotBeIsRefused() throws IOException {
    refuse("--budget 0", "--budget", 0);
    refuse("30 pictures of --pool", "--pool", "folder:" + few(), "--budget", 30);
    refuse("expected copycat or knockoff", "--method", "burglary");
    refuse("learns from labels alone", "--answers", "probabilities");
    refuse("expected labels or probabilities", "--answers", "grunts");
    refuse("labels have no probabilities", "--answer-classes", 2);
    refuse("expected random or adaptive", "--strategy", "clever");
    refuse("model 'frog': unknown", "--arch", "frog");
    refuse("--attacked -1", "--attacked", -1);
    refuse("0 epochs", "--epochs", 0);
    refuse("learning rate 0.0", "--lr", 0);
    refuse("augmentation 'spin'", "--augment", "spin");
    refuse("--fine-tune-share 1.0", "--fine-tune", "shapes:16", "--fine-tune-share", 1);
    refuse("checkpoint interval", "--checkpoint-every", "often");
    refuse("expected more than 0", "--queries-per-second", 0);
    refuse("format 'frog' is unknown", "--pool", "frog:x");
    refuse("pictures of 2 classes", "--test", "folder:" + few());
    refuse("much", "--eps", "much");
    refuse("no such file", "--weights", folder.resolve("none"));
    Refusal.expect(
        folder,
        List.of("extract", "--victim", "resnet20", "--pool", "shapes", COPY, "--budget", 9),
        "Missing required option: '--out=DIR'");
    Refusal.expect(
        folder,
        List.of(
            List.of("extract", "--victim", "resnet20", "--pool", "shapes", COPY, JUDGED),
            List.of("--budget", 9, "--out", folder.resolve("no"))),
        "--victim resnet20",
        "--victim-weights FILE");
    Refusal.expect(folder, words(whole), "--resume");
    Refusal.expect(folder, words(whole, "--resume", "--seed", 1), "--seed was 0");
    Refusal.expect(folder, words(whole, "--resume", "--method", "knockoff"), "--method was");
    Refusal.expect(folder, words(whole, "--resume", "--pool-split", "val"), "--pool-split was");
  }

  /** The command with other values of some options, and further ones, is refused. */
  private void refuse(String complaint, Object... instead) throws IOException {
    List<Object> words = Refusal.instead(words(folder.resolve("refused")), List.of(instead));
    Refusal.expect(folder, words, complaint);
  }

  /** Four pictures of two classes. */
  private static Path few() throws IOException {
    Path few = shared.resolve("few");
    for (String split : List.of("train", "val")) {
      for (String name : List.of("a", "b")) {
        Path place = Files.createDirectories(few.resolve(split).resolve(name));
        for (int i = 0; i < 2; i++) {
          var image = new BufferedImage(16, 16, BufferedImage.TYPE_INT_RGB);
          ImageIO.write(image, "png", place.resolve(i + ".png").toFile());
        }
      }
    }
    return few;
  }

  private static void assertSame(Path resumed) throws IOException {
    for (String file :
        List.of(
            "asked/pool.bin",
            "asked/pool.shown",
            "asked/pool.json",
            "copy-40/model.safetensors",
            "copy-90/model.safetensors",
            "copy-40/copy.json",
            "copy-90/copy.json",
            "extract.json")) {
      assertEquals(-1, Files.mismatch(whole.resolve(file), resumed.resolve(file)), file);
    }
  }
}
