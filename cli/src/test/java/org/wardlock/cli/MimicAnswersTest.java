package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Shape;

/** Mimicking a teacher's features to fool its student: what comes of it, and how runs go on. */
class MimicAnswersTest {
  private static final int PAIRS = 5;
  private static final List<Double> BUDGETS = List.of(0.003, 0.1);

  @TempDir private static Path shared;
  private static Path teacher;
  private static Path student;
  private static Path whole;
  private static JsonNode answer;

  @TempDir private Path folder;

  @BeforeAll
  static void mimic() throws IOException {
    teacher = Tiny.train(shared.resolve("teacher"), 6, "--lr", 0.03);
    student = shared.resolve("student");
    CommandRun.of(
            List.of("train", "--data", "shapes:16", "--limit", 40, "--seed", 1, Tiny.NETWORK),
            List.of("--weights", teacher.resolve("model.safetensors"), "--train", "head"),
            List.of("--epochs", 2, "--batch", 20, "--lr", 0.01, "--out", student))
        .assertDone();
    whole = shared.resolve("whole");
    answer = CommandRun.answer(shared, words(whole));
  }

  private static List<Object> words(Path out, Object... more) {
    return words(out, Map.of(), more);
  }

  /** With other values for some options. */
  private static List<Object> words(Path out, Map<String, Object> other, Object... more) {
    var options = new LinkedHashMap<String, Object>();
    options.put("--teacher", teacher);
    options.put("--student", student);
    options.put("--cutoff", "block1");
    options.put("--dssim", "0.003,0.1");
    options.put("--pairs", PAIRS);
    options.put("--steps", 8);
    options.putAll(other);
    List<Object> words =
        options.entrySet().stream().<Object>map(e -> List.of(e.getKey(), e.getValue())).toList();
    return List.of("mimic", words, Tiny.DATA, "--out", out, List.of(more));
  }

  private static List<String[]> records(Path run, double budget) throws IOException {
    Path file = run.resolve("dssim-" + budget).resolve("records.csv");
    return Files.readAllLines(file).stream().skip(1).map(line -> line.split(",")).toList();
  }

  @Test
  void theAnswerIsTheSumOfTheRecords() throws IOException {
    assertEquals(1, answer.get("scales").asInt());
    assertEquals(2, answer.get("budgets").size());
    for (int round = 0; round < 2; round++) {
      double budget = BUDGETS.get(round);
      JsonNode one = answer.get("budgets").get(round);
      List<String[]> rows = records(whole, budget);
      assertEquals(PAIRS, rows.size());
      assertEquals(budget, one.get("budget").asDouble());
      assertEquals(PAIRS, one.get("pairs").asInt());
      double reached = rows.stream().filter(row -> row[6].equals(row[5])).count();
      double changed = rows.stream().filter(row -> !row[6].equals(row[3])).count();
      assertEquals(reached / PAIRS, one.get("targeted_success").asDouble());
      assertEquals(changed / PAIRS, one.get("untargeted_success").asDouble());
      double low = one.get("targeted_success_interval").get(0).asDouble();
      assertTrue(low <= reached / PAIRS);
      double largest =
          rows.stream().mapToDouble(row -> Double.parseDouble(row[7])).max().orElseThrow();
      assertEquals(largest, one.get("dssim").get("max").asDouble());
      assertTrue(largest <= budget && largest > 0, largest + " of " + budget);
      assertTrue(one.get("dssim").get("mean").asDouble() <= largest);
      double left = one.get("distance_left").asDouble();
      assertTrue(left > 0 && left < 1, "left " + left);
      rows.forEach(row -> assertFalse(row[3].equals(row[5]), "one class in a pair"));
    }
    for (String name : List.of("targeted_success", "dssim", "pairs")) {
      assertEquals(answer.get("budgets").get(0).get(name), answer.get(name));
    }
    assertEquals(answer, CommandRun.json(whole.resolve("mimic.json")));
  }

  /**
   * The student's own layer reads nothing else, so that features that are near are answers alike.
   */
  @Test
  void whatTheHeadIsShownIsMimickedToo() throws IOException {
    Map<String, Object> options = Map.of("--cutoff", "embedding", "--dssim", 0.4, "--steps", 300);
    JsonNode found = CommandRun.answer(folder, words(folder.resolve("head"), options));
    assertTrue(found.get("distance_left").asDouble() < 0.3, found.toString());
    assertEquals(1, found.get("targeted_success").asDouble());
  }

  @Test
  void fingerprintsAreOfAllClasses() {
    Dataset all = DataSource.parse("shapes:16").open(Split.VAL, Selection.ALL);
    int[] byClass =
        IntStream.range(0, all.size())
            .boxed()
            .sorted(Comparator.comparingInt(all::label))
            .mapToInt(Integer::intValue)
            .toArray();
    Dataset examples = MimicFingerprintCommand.examples(all.select(byClass), 1);
    assertEquals(100, examples.size());
    for (int place : new int[] {0, 10, 90}) {
      assertEquals(10, IntStream.range(place, place + 10).map(examples::label).distinct().count());
    }
  }

  /** As attack keeps them, so that commands that show pictures to defences read these, too. */
  @Test
  void allPicturesOfABudgetLieInOneFile() throws IOException {
    for (double budget : BUDGETS) {
      Path round = whole.resolve("dssim-" + budget);
      String header = Files.readAllLines(round.resolve("records.csv")).getFirst();
      assertTrue(List.of(header.split(",")).contains("label"), header);
      try (Safetensors file = Safetensors.open(round.resolve("adversarial.safetensors"));
          Scope _ = Scope.open("test")) {
        assertEquals(Shape.of(PAIRS, 3, 16, 16), file.shape("images"));
        float[] values = file.tensor("images", Device.CPU).toFloats();
        BufferedImage last =
            ImageIO.read(round.resolve("pictures/pair-4-adversarial.png").toFile());
        int start = 4 * 3 * 256;
        for (int i = 0; i < 256; i++) {
          int rgb = last.getRGB(i % 16, i / 16);
          assertEquals((rgb >> 16 & 255) / 255f, values[start + i]);
          assertEquals((rgb & 255) / 255f, values[start + 512 + i]);
        }
      }
    }
  }

  /** What is kept is what the student was shown. */
  @Test
  void keptPicturesAreTakenForWhatTheRecordsSay() throws IOException {
    for (double budget : BUDGETS) {
      for (int pair = 0; pair < 2; pair++) {
        String[] record = records(whole, budget).get(pair);
        Path pictures = whole.resolve("dssim-" + budget).resolve("pictures");
        Map<String, String> expected =
            Map.of("source", record[3], "target", record[5], "adversarial", record[6]);
        for (var entry : expected.entrySet()) {
          String name = "pair-%s-%s.png".formatted(pair, entry.getKey());
          JsonNode seen =
              CommandRun.answer(
                  folder,
                  List.of("evaluate", "--model", "convmixer-8-1-k3-p4", "--adapter", student),
                  List.of("--weights", teacher.resolve("model.safetensors")),
                  List.of("--data", "picture:" + pictures.resolve(name)));
          JsonNode likeliest = seen.findValue("class");
          assertEquals(entry.getValue(), likeliest.asText(), name);
        }
      }
    }
  }

  @Test
  void aRunKilledInAnyPlaceGoesOnToTheSameBytes() throws IOException {
    Map<String, String> expected = Refusal.contents(whole);
    for (double budget : BUDGETS) {
      for (int done : new int[] {0, 4}) {
        Path killed = Folders.copy(whole, folder, "killed-" + budget + "-" + done);
        Files.delete(killed.resolve("mimic.json"));
        Path round = killed.resolve("dssim-" + budget);
        Files.delete(round.resolve("adversarial.safetensors"));
        Path records = round.resolve("records.csv");
        if (done == 0) {
          Files.delete(records);
        } else {
          List<String> lines = Files.readAllLines(records).subList(0, done + 1);
          Files.writeString(
              records, lines.stream().map(line -> line + "\n").collect(Collectors.joining()));
        }
        CommandRun.of(words(killed, "--resume", "--batch", 3)).assertDone();
        assertEquals(expected, Refusal.contents(killed), "after " + done + " records");
      }
    }
    Path again = Folders.copy(whole, folder, "again");
    CommandRun run = CommandRun.of(words(again, "--resume")).assertDone();
    assertTrue(run.out().contains("all of them done before"), run.out());
    assertEquals(expected, Refusal.contents(again));
  }

  @Test
  void severalTargetsKeepTheNearest() throws IOException {
    JsonNode several =
        CommandRun.answer(
            folder, words(folder.resolve("out"), Map.of("--dssim", 0.1), "--targets", 2));
    // the first target of each source is the one it has alone
    List<String[]> alone = records(whole, 0.1);
    List<String[]> nearest = records(folder.resolve("out"), 0.1);
    for (int i = 0; i < PAIRS; i++) {
      assertEquals(alone.get(i)[2], nearest.get(i)[2]);
      double one = Double.parseDouble(alone.get(i)[8]);
      assertTrue(Double.parseDouble(nearest.get(i)[8]) <= one);
    }
    assertTrue(several.has("untargeted_success"));
  }

  @Test
  void aStudentBehindAKeyIsAskedBehindIt() throws IOException {
    Path key = Tiny.key(folder.resolve("key.p12"), "negate", 4);
    Path keyed = folder.resolve("keyed");
    CommandRun.of(
            List.of("train", Tiny.DATA, Tiny.NETWORK, Tiny.recipe(4), "--lr", 0.03, Tiny.with(key)),
            List.of("--out", keyed))
        .assertDone();
    Path out = folder.resolve("out");
    Map<String, Object> options = Map.of("--student", keyed, "--dssim", 0.1, "--steps", 2);
    CommandRun.of(words(out, options)).assertRefused("--student", "was made for key", "--key");
    CommandRun.of(words(out, options, Tiny.with(key))).assertDone();
    for (String[] record : records(out, 0.1)) {
      Path source = out.resolve("dssim-0.1/pictures/pair-%s-source.png".formatted(record[1]));
      JsonNode seen =
          CommandRun.answer(
              folder,
              List.of("evaluate", "--model", keyed, "--data", "picture:" + source),
              Tiny.with(key));
      assertEquals(record[3], seen.findValue("class").asText());
    }
  }

  @Test
  void whatMakesNoSenseIsRefused() throws IOException {
    Path out = folder.resolve("out");
    refuse(out, "--cutoff", "block2", "block 2", "has block1 to block1");
    refuse(out, "--cutoff", "head", "'head'", "has block1 to block1, and embedding");
    refuse(out, "--pairs", 0, "at least 1");
    refuse(out, "--dssim", 0, "more than 0");
    refuse(out, "--dssim", "0.1,0.1", "twice");
    refuse(out, "--teacher", folder.resolve("none"), "no such folder", "NAME:FILE");
    assertFalse(Files.exists(out));
    Path other = Tiny.train(shared.resolve("other"), 1, "--seed", 3);
    CommandRun.of(words(out, Map.of("--teacher", other))).assertRefused("adapter", "digest");
    Refusal.expect(whole, words(whole), "--resume");
    Refusal.expect(whole, words(whole, Map.of("--steps", 9), "--resume"), "--steps was 8");
    Map<String, Object> models = Map.of("--student", other, "--teacher", other);
    Refusal.expect(whole, words(whole, models, "--resume"), "the run to resume has", "weights");
  }

  private static void refuse(Path out, String option, Object value, Object... parts) {
    CommandRun.of(words(out, Map.of(option, value))).assertRefused(option, List.of(parts));
  }

  /**
   * So small a student is sure of nothing; that either aim finds teachers, FingerprintTest says.
   */
  @Test
  void fingerprintsListCandidatesByTheirGiniCoefficient() throws IOException {
    Path other = Tiny.train(shared.resolve("another"), 1, "--seed", 5);
    List<Object> words =
        List.of(
            List.of("fingerprint", "--student", student, Tiny.DATA),
            List.of("--teacher", other + "," + teacher, "--pictures", 2, "--steps", 30));
    for (String aim : List.of("mean", "zero")) {
      JsonNode found = CommandRun.answer(folder, words, "--aim", aim);
      JsonNode candidates = found.get("candidates");
      assertEquals(2, candidates.size());
      assertEquals(candidates.get(0).get("teacher"), found.get("teacher"));
      double lowest = candidates.get(0).get("gini").asDouble();
      assertTrue(lowest >= 0 && lowest <= candidates.get(1).get("gini").asDouble());
      for (JsonNode candidate : candidates) {
        double confidence = candidate.get("confidence").asDouble();
        assertTrue(confidence >= 0.1 && confidence <= 1, "confidence " + confidence);
        double left = candidate.get("distance_left").asDouble();
        assertTrue(left > 0 && left < 1, "left " + left);
      }
    }
    CommandRun.of(words, "--cutoff", "block7").assertRefused("--cutoff", "block1 to block1");
  }

  @Test
  void pairsAreOfDifferentClassesAndEveryPairOfClassesComesOnce() {
    List<List<Integer>> candidates = List.of(List.of(3, 4), List.of(), List.of(0), List.of(1, 2));
    List<MimicPair> pairs = MimicPair.choose(candidates, 12, 2, 7);
    assertEquals(pairs, MimicPair.choose(candidates, 12, 2, 7));
    assertEquals(pairs.subList(0, 5), MimicPair.choose(candidates, 5, 2, 7));
    Map<Integer, Integer> classes = Map.of(3, 0, 4, 0, 0, 2, 1, 3, 2, 3);
    for (int start : new int[] {0, 6}) {
      long different =
          pairs.subList(start, start + 6).stream()
              .map(pair -> List.of(classes.get(pair.source()), classes.get(pair.targets().get(0))))
              .distinct()
              .count();
      assertEquals(6, different);
    }
    for (MimicPair pair : pairs) {
      assertEquals(2, pair.targets().size());
      long different =
          Stream.concat(Stream.of(pair.source()), pair.targets().stream())
              .map(classes::get)
              .distinct()
              .count();
      assertEquals(3, different, pair.toString());
    }
    var refused = assertThrows(InputException.class, () -> MimicPair.choose(candidates, 1, 3, 7));
    assertTrue(refused.getMessage().contains("3 classes rightly, expected at least 4"));
  }
}
