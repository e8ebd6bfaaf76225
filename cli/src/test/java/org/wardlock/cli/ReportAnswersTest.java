package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.cli.report.WellFormed;
import org.wardlock.nn.model.RunConfig;

/** {@code report}: what its page says, and what it refuses. */
class ReportAnswersTest {
  @TempDir private static Path folder;
  private static List<Path> places;
  private static String page;

  @BeforeAll
  static void report() throws IOException {
    places = ReportedRuns.in(folder);
    Path out = folder.resolve("all.html");
    CommandRun run = CommandRun.of("report", places, "--out", out).assertDone();
    assertEquals("report of 9 runs in " + out, run.out().strip());
    page = Files.readString(out);
  }

  private static void assertSaid(String... texts) {
    String whole = page.replace("<wbr>", "");
    for (String text : texts) {
      assertTrue(whole.contains(text), "'" + text + "' is not on the page");
    }
  }

  @Test
  void thePageIsWellFormedAndNeedsNothingElse() {
    WellFormed.assertPage(page);
  }

  @Test
  void everyRunIsThereWithItsNumbersAndWhereItComesFrom() throws IOException {
    assertSaid(
        "9 runs: training, attack × 4, evaluation, threat grid, demo, mimicry",
        "Training: model",
        "Attack: pgd-8-255",
        "Attack: smallest",
        "Evaluation: evaluation.json",
        "Threat grid: grid.json",
        "Demo: demo.json");
    for (Path run : places.subList(0, 5)) {
      RunConfig config = RunConfig.read(run);
      assertSaid(config.data().orElseThrow().identity().digest(), config.program());
      config
          .options()
          .forEach(
              (name, value) ->
                  assertSaid(
                      switch (value) {
                        case "true" -> " " + name;
                        case "false" -> "wardlock " + config.command();
                        default -> " " + name + " " + value;
                      }));
    }
    // the folders beside it too: the evaluation says itself how it was called
    assertSaid("convmixer-8-1-k3-p4", "wardlock evaluate --");
    JsonNode answer = CommandRun.json(places.get(1).resolve("attack.json"));
    double robust = answer.get("robust_accuracy").asDouble();
    assertSaid(String.format(Locale.ROOT, "%.1f %%", 100 * robust), "linf 8/255");
  }

  @Test
  void theGridSaysWhoWasNotTried() {
    assertSaid(
        "1.2 %",
        "0.5 to 2.6 %",
        "No row was run of attackers C, G.",
        "not run<small>--pool is not given</small>",
        "14 of 16 positions",
        "1,234,567");
  }

  /**
   * Where nobody without the key was tried, everything stands, which must not look like a result.
   */
  @Test
  void aGridWithoutAttackersHasNoHeadline() throws IOException {
    Path grid = copy("grid", "config.json", "\"attack\"", "\"threat\"");
    refuse(
        List.of(grid), folder.resolve("grid.html"), "grid: the run is not finished", "threat.json");
    Files.writeString(
        grid.resolve("threat.json"),
        """
        {"threat": "linf 8/255", "without_key": 1.0, "without_key_attackers": [], "rows": []}
        """);
    Path out = folder.resolve("grid.html");
    CommandRun.of("report", grid, "--out", out).assertDone();
    String text = Files.readString(out).replace("<wbr>", "");
    assertTrue(text.contains("<dt>Robust without the key</dt><dd>not tried</dd>"), text);
    assertFalse(text.contains("100.0 %"), text);
  }

  @Test
  void curvesAndPicturesAreThere() {
    // three runs of one attack make a line, deepfool steps, and all together the worst case
    assertSaid(
        "Accuracy against radius",
        "worst case of all, picture by picture",
        "class=\"line s0\"",
        "alt=\"Clean picture: ",
        "clean</span>",
        "adversarial</span>",
        "What was changed is amplified");
    assertFalse(page.contains("Without the clean pictures"), "data are there");
  }

  @Test
  void mimickingPicturesStandBesideTheirSourcesAndTargets() throws IOException {
    Path run = places.getLast();
    JsonNode answer = CommandRun.json(run.resolve("mimic.json"));
    assertSaid(
        "Mimicry: mimicked",
        "For the target, DSSIM 0.003",
        "measured at 1 of five scales",
        "block1");
    for (JsonNode round : answer.get("budgets")) {
      String budget = round.get("budget").asText();
      assertSaid("Within a DSSIM of " + budget, "keep their class, DSSIM 0.1");
      String targeted = "%.1f %%".formatted(100 * round.get("targeted_success").asDouble());
      assertSaid(targeted);
      Path folder = run.resolve("dssim-" + budget);
      String[] record = Files.readAllLines(folder.resolve("records.csv")).get(3).split(",");
      assertSaid("Pair 2, class %s to look like class %s inside".formatted(record[3], record[5]));
      assertSaid(String.format(Locale.ROOT, "DSSIM %.5f, of the", Double.parseDouble(record[7])));
    }
    assertEquals(6, page.split("alt=\"Source, of class ", -1).length - 1, "three of each budget");
    assertEquals(6, page.split("alt=\"The source with the target", -1).length - 1);
  }

  @Test
  void whatIsMissingOfAMimicryIsSaid() throws IOException {
    Path run = places.getLast();
    Path damaged = Files.createDirectory(folder.resolve("half a mimicry"));
    Files.copy(run.resolve("config.json"), damaged.resolve("config.json"));
    refuse(
        List.of(damaged),
        folder.resolve("half.html"),
        "half a mimicry: the run is not finished",
        "mimic.json");
    Files.copy(run.resolve("mimic.json"), damaged.resolve("mimic.json"));
    Path round = Files.createDirectory(damaged.resolve("dssim-0.003"));
    Files.writeString(round.resolve("records.csv"), "pair,label\n0,1\n1,1\n2,1\n");
    Path out = folder.resolve("damaged mimicry.html");
    CommandRun.of("report", damaged, "--out", out).assertDone();
    String text = Files.readString(out).replace("<wbr>", "");
    WellFormed.assertPage(text);
    assertTrue(text.contains("has no number distance_before"), text);
    assertTrue(text.contains("dssim-0.1/records.csv: no such file"), text);
  }

  @Test
  void withoutTheDataThePicturesAreShownAlone() throws IOException {
    Path moved = copy("other data", "config.json", "shapes:16", "shapes:24");
    Path out = folder.resolve("moved.html");
    CommandRun.of("report", moved, "--out", out).assertDone();
    String text = Files.readString(out);
    WellFormed.assertPage(text);
    assertTrue(text.contains("Without the clean pictures, as "), text);
    assertTrue(text.contains("are not those that were attacked"), text);
    assertFalse(text.contains("clean</span>"), text);
  }

  /** A copy of the attack with pictures, of which one file says something else. */
  private static Path copy(String name, String changed, String from, String to) throws IOException {
    Path target = Files.createDirectory(folder.resolve(name));
    for (String file :
        List.of("config.json", "identity.txt", "records.csv", "progress.csv", "attack.json")) {
      Files.copy(places.get(1).resolve(file), target.resolve(file));
    }
    Files.copy(
        places.get(1).resolve("adversarial.safetensors"),
        target.resolve("adversarial.safetensors"));
    Path file = target.resolve(changed);
    Files.writeString(file, Files.readString(file).replace(from, to));
    return target;
  }

  @Test
  void whatHoldsNoRunIsRefused() throws IOException {
    Path out = folder.resolve("refused.html");
    refuse(List.of(), out, "DIR");
    refuse(List.of(folder.resolve("nowhere")), out, "nowhere: no such file or folder");
    Path empty = Files.createDirectory(folder.resolve("empty"));
    refuse(List.of(places.get(0), empty), out, "empty: holds no run", "config.json");
    Path many = Files.createDirectory(folder.resolve("many"));
    Files.createDirectory(many.resolve("one"));
    Files.copy(places.get(0).resolve("config.json"), many.resolve("one/config.json"));
    refuse(List.of(many), out, "many: holds no run itself; name those in it", "one");
    Path text = Files.writeString(folder.resolve("rubbish.json"), "{\"images\": ");
    refuse(List.of(text), out, "rubbish.json: no valid JSON");
    Files.writeString(text, "[1, 2]");
    refuse(List.of(text), out, "rubbish.json: holds an array, expected a JSON object");
    Files.writeString(text, "{\"images\": 5}");
    refuse(List.of(text), out, "rubbish.json: no answer that report knows", "attack");
    Files.writeString(
        text, "{\"images\": 5, \"images_per_second\": 1, \"device\": \"cpu\", \"top1\": 7}");
    refuse(List.of(text), out, "rubbish.json: top1 is 7.0, expected a part of 1");
    Path answer = places.get(1).resolve("attack.json");
    refuse(List.of(answer), out, "attack.json: an attack's answer; name the folder");
    refuse(List.of(folder.resolve("model/model.safetensors")), out, "model.safetensors", "JSON");
    assertFalse(Files.exists(out));
    refuse(List.of(places.get(0)), folder.resolve("all.html"), "all.html: exists; choose another");
    refuse(List.of(places.get(0)), folder.resolve("no/page.html"), "there is no folder");
  }

  @Test
  void whatIsNotFinishedIsRefused() throws IOException {
    Path out = folder.resolve("unfinished.html");
    Path training = Files.createDirectory(folder.resolve("half trained"));
    Files.copy(places.get(0).resolve("config.json"), training.resolve("config.json"));
    refuse(
        List.of(training), out, "half trained: the run is not finished, as it has no metrics.json");
    Files.copy(places.get(0).resolve("metrics.json"), training.resolve("metrics.json"));
    refuse(List.of(training), out, "half trained: the training is not finished", "--resume");
    Path attack = copy("half attacked", "progress.csv", "\n60,", "\n50,");
    refuse(List.of(attack), out, "half attacked: 50 of 60 pictures are done", "--resume");
    Files.delete(attack.resolve("attack.json"));
    refuse(List.of(attack), out, "half attacked: the run is not finished", "attack.json");
    Path other = copy("another command", "config.json", "\"attack\"", "\"pack\"");
    refuse(List.of(other), out, "another command: the run is not finished", "pack.json");
    Path damaged = copy("damaged", "config.json", "\"seed\"", "\"sed\"");
    refuse(List.of(damaged), out, "damaged", "seed is missing");
  }

  private static void refuse(List<Path> runs, Path out, Object... named) throws IOException {
    Refusal.expect(folder, List.of("report", runs, "--out", out), named);
  }

  @Test
  void modelsThatOtherCommandsTrainedAreTrainings() throws IOException {
    Path plain = Files.createDirectory(folder.resolve("plain"));
    for (String file : List.of("metrics.json", "model.safetensors")) {
      Files.copy(places.get(0).resolve(file), plain.resolve(file));
    }
    String config = Files.readString(places.get(0).resolve("config.json"));
    Files.writeString(plain.resolve("config.json"), config.replace("\"train\"", "\"demo\""));
    Path out = folder.resolve("plain.html");
    CommandRun.of("report", plain, "--out", out).assertDone();
    assertTrue(Files.readString(out).contains("Training: plain"));
  }

  @Test
  void eachPlaceCountsOnceAndTheAnswerListsThem() throws IOException {
    Path out = folder.resolve("once.html");
    Path model = places.get(0);
    JsonNode answer =
        CommandRun.answer(folder, "report", model, model.resolve("../model"), "--out", out);
    assertEquals(1, answer.get("runs").size());
    assertEquals("training", answer.get("runs").get(0).get("kind").asText());
    assertEquals(out.toString(), answer.get("page").asText());
  }
}
