package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.attacks.Loss;
import org.wardlock.attacks.Pictures;
import org.wardlock.attacks.Rational;
import org.wardlock.attacks.Threat;
import org.wardlock.attacks.WorstCase;
import org.wardlock.attacks.gradient.Apgd;
import org.wardlock.data.Dataset;
import org.wardlock.data.Selection;
import org.wardlock.data.Split;
import org.wardlock.data.source.DataSource;
import org.wardlock.defense.compress.CompressedClassifier;
import org.wardlock.defense.compress.FileSizes;
import org.wardlock.defense.compress.FittedTables;
import org.wardlock.defense.compress.JpegTables;
import org.wardlock.defense.compress.JpegTransform;
import org.wardlock.defense.compress.RoundingGradient;
import org.wardlock.defense.compress.StochasticQuantization;
import org.wardlock.nn.model.ImageClassifier;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/**
 * Tables, classifiers of several levels, and what they are worth: what comes of it, and resumed.
 */
class CompressTest {
  private static final List<Object> PICTURES = List.of("--data", "shapes:16");
  private static final int COUNT = 8;
  private static final List<String> ATTACKS = List.of("fgsm", "pgd", "cw", "deepfool");

  @TempDir private static Path shared;
  private static Path base;
  private static Path table;
  private static JsonNode fitted;
  private static Path classifiers;
  private static JsonNode trained;
  private static Path evaluated;
  private static JsonNode answer;

  @TempDir private Path folder;

  @BeforeAll
  static void compress() throws IOException {
    base = Tiny.train(shared.resolve("base"), 4, "--lr", 0.03);
    table = shared.resolve("table.json");
    fitted = CommandRun.answer(shared, fit(table, "--bytes-of-quality", 50, "--rule", "deviation"));
    classifiers = shared.resolve("classifiers");
    trained = CommandRun.answer(shared, train(classifiers));
    evaluated = shared.resolve("evaluated");
    answer = CommandRun.answer(shared, evaluate(evaluated, classifiers));
  }

  private static List<Object> fit(Path out, Object... more) {
    return List.of(
        List.of("compress", "fit-table", "--model", base, PICTURES, "--limit", 20),
        List.of("--out", out),
        List.of(more));
  }

  private static List<Object> train(Path out, Object... more) {
    return List.of(
        List.of("compress", "train", "--model", base, Tiny.DATA, Tiny.recipe(2), "--lr", 0.01),
        List.of("--checkpoint-every", 1, "--table", table, "--levels", "2,0.5,1"),
        List.of("--random-levels", 0.5, "--out", out),
        List.of(more));
  }

  private static List<Object> evaluate(Path out, Path model, Object... more) {
    return List.of(
        List.of("compress", "evaluate", "--model", model, PICTURES, "--limit", COUNT),
        List.of("--clean-limit", 20, "--eps", "4/255", "--pgd-steps", 3, "--cw-steps", 2),
        List.of("--steps", 2, "--eot", 2, "--out", out),
        List.of(more));
  }

  @Test
  void tablesAreOfTheSizeOfPlainJpeg() throws IOException {
    double bytes = fitted.get("bytes_per_picture").asDouble();
    double plain = fitted.get("plain").get("bytes_per_picture").asDouble();
    assertTrue(bytes <= plain && bytes > 0.97 * plain, fitted.toString());
    assertEquals(64, fitted.get("table").get("luminance").size());
    assertEquals("deviation", fitted.get("rule").asText());
    // libjpeg's at 50
    assertEquals(16, fitted.get("plain").get("table").get("luminance").get(0).asInt());
    JsonNode file = CommandRun.json(table);
    assertEquals(file.get("table"), fitted.get("table"));
    assertEquals("20", file.get("made").get("pictures").asText());

    List<Object> gradient = fit(folder.resolve("gradient.json"));
    JsonNode other = CommandRun.answer(folder, gradient, "--bytes", bytes);
    assertTrue(other.get("bytes_per_picture").asDouble() <= bytes, other.toString());
    assertTrue(other.get("plain").get("bytes_per_picture").asDouble() <= bytes, other.toString());
    assertNotEquals(other.get("table"), fitted.get("table"));
    CommandRun printed = CommandRun.of(fit(folder.resolve("printed.json"))).assertDone();
    assertEquals(20, printed.out().lines().count(), printed.out());
  }

  @Test
  void everyLevelIsAModelOfItsOwn() throws IOException {
    assertEquals(3, trained.get("levels").size());
    for (String level : List.of("2", "0.5", "1")) {
      CommandRun.answer(
          folder,
          List.of("evaluate", "--model", classifiers.resolve("level-" + level), PICTURES),
          List.of("--limit", 10));
    }
    Path weights = Path.of("model.safetensors");
    assertNotEquals(
        -1,
        Files.mismatch(
            classifiers.resolve("level-2").resolve(weights),
            classifiers.resolve("level-1").resolve(weights)));
    assertEquals(
        -1, Files.mismatch(base.resolve(weights), classifiers.resolve("base").resolve(weights)));
  }

  @Test
  void rowsHoldCleanAttackedAndAdaptive() throws IOException {
    assertEquals(
        List.of("none", "jpeg", "table", "noisy", "ensemble", "feature-distillation", "slq"),
        answer.get("rows").findValuesAsText("variant"));
    for (JsonNode row : answer.get("rows")) {
      assertEquals(20, row.get("clean_images").asInt());
      assertEquals(COUNT, row.get("images").asInt());
      double clean = row.get("clean").asDouble();
      assertTrue(row.get("clean_interval").get(0).asDouble() <= clean, row.toString());
      for (String attack : ATTACKS) {
        double before = row.get("attacks_clean").get(attack).asDouble();
        assertTrue(row.get("attacks").get(attack).asDouble() <= before, row.toString());
      }
      JsonNode adaptive = row.get("adaptive");
      assertEquals(
          row.get("variant").asText().equals("ensemble"), adaptive.has("transfer-apgd-ce"));
    }
    JsonNode plain =
        CommandRun.answer(folder, "evaluate", "--model", base, PICTURES, "--limit", 20);
    assertEquals(plain.get("top1"), answer.get("rows").get(0).get("clean"));
  }

  /**
   * FGSM and PGD change every picture; the two that look for the smallest change have none to find
   * where the network is wrong already, whatever the row.
   */
  @Test
  void everyRowIsJudgedByTheSamePicturesAllOfThemAttacked() throws IOException {
    long right =
        Math.round(answer.get("rows").get(0).get("attacks_clean").get("pgd").asDouble() * COUNT);
    assertTrue(right > 0 && right < COUNT, right + " right of " + COUNT + " shows nothing");
    for (JsonNode row : answer.get("rows")) {
      for (String attack : ATTACKS) {
        boolean smallest = attack.equals("cw") || attack.equals("deepfool");
        assertEquals(
            smallest ? right : COUNT, row.get("attacks_images").get(attack).asLong(), attack);
      }
    }
    JsonNode none = answer.get("rows").get(0);
    assertEquals(1, none.get("attacks_clean").get("cw").asDouble());
    Tensor clean = pictures().images();
    for (String attack : List.of("fgsm", "pgd")) {
      Tensor made = made(evaluated.resolve("made"), attack);
      assertEquals(clean.shape(), made.shape());
      float[] largest = made.subtract(clean).abs().max(1, 2, 3).toFloats();
      for (float change : largest) {
        assertEquals(4 / 255f, change, 1e-6f, attack);
      }
    }
  }

  private static Pictures pictures() throws IOException {
    Dataset dataset = DataSource.parse("shapes:16").open(Split.VAL, Selection.limit(COUNT, 0));
    try (ImageClassifier network = ModelFolder.open(base).classifier(Device.CPU)) {
      return new DatasetPictures(dataset, network.architecture(), Device.CPU, false)
          .pictures(0, COUNT);
    }
  }

  private static Tensor made(Path folder, String attack) throws IOException {
    try (Safetensors file =
        Safetensors.open(folder.resolve(attack).resolve("images-0.safetensors"))) {
      return file.tensor("images", Device.CPU);
    }
  }

  /** The row of plain JPEG, by hand. */
  @Test
  void aDefendedRowIsWhatItsClassifierSays() throws IOException {
    JsonNode row = answer.get("rows").get(1);
    FittedTables tables = FittedTables.read(table);
    Pictures pictures = pictures();
    try (Scope _ = Scope.open("test");
        ImageClassifier network = ModelFolder.open(base).classifier(Device.CPU);
        JpegTransform exact =
            JpegTransform.of(
                tables.plain().tables(), tables.subsampling(), network.imageShape(), Device.CPU);
        JpegTransform transform = exact.withGradient(RoundingGradient.STRAIGHT_THROUGH)) {
      var jpeg = new CompressedClassifier(network, transform);
      int[] before = jpeg.logits(pictures.images()).argMax().toInts();
      for (String attack : List.of("fgsm", "pgd")) {
        int[] after = jpeg.logits(made(evaluated.resolve("made"), attack)).argMax().toInts();
        long standing =
            IntStream.range(0, COUNT)
                .filter(i -> before[i] == pictures.labels()[i] && after[i] == before[i])
                .count();
        assertEquals((double) standing / COUNT, row.get("attacks").get(attack).asDouble(), attack);
      }
      var worst = new WorstCase(jpeg, pictures, Threat.linf(Rational.of(4, 255)));
      worst.apply(new Apgd(Loss.CROSS_ENTROPY).iterations(2), 0);
      double first = worst.result().robustAccuracy();
      worst.apply(new Apgd(Loss.DLR).iterations(2), 0);
      JsonNode adaptive = row.get("adaptive");
      assertEquals(first, adaptive.get("apgd-ce").asDouble());
      assertEquals(worst.result().robustAccuracy(), adaptive.get("apgd-dlr").asDouble());
      assertEquals(worst.result().robustAccuracy(), adaptive.get("worst").asDouble());
    }
  }

  /** What is unattacked and what is attacked have one judge, also where answers vary. */
  @Test
  void cleanAccuracyIsThatOfTheMeanAnswer() throws IOException {
    JsonNode row = answer.get("rows").get(6);
    assertEquals("slq", row.get("variant").asText());
    try (ImageClassifier network = ModelFolder.open(base).classifier(Device.CPU);
        StochasticQuantization chance =
            StochasticQuantization.of(
                StochasticQuantization.QUALITIES, 0, network.imageShape(), Device.CPU)) {
      Dataset dataset = DataSource.parse("shapes:16").open(Split.VAL, Selection.limit(20, 0));
      Pictures twenty =
          new DatasetPictures(dataset, network.architecture(), Device.CPU, false).pictures(0, 20);
      var worst =
          new WorstCase(
              new CompressedClassifier(network, chance), twenty, Threat.linf(Rational.of(4, 255)));
      assertEquals(worst.result().cleanAccuracy(), row.get("clean").asDouble());
    }
  }

  @Test
  void runsWithOtherTablesShareThePicturesMadeWithoutThem() throws IOException {
    Path other = folder.resolve("other.json");
    CommandRun.of(fit(other, "--bytes-of-quality", 20)).assertDone();
    Path made = evaluated.resolve("made");
    Map<String, String> before = Refusal.contents(made);
    Path out = folder.resolve("shared");
    List<Object> shared = evaluate(out, base, "--table", other, "--variants", "none,table");
    JsonNode found = CommandRun.answer(folder, shared, "--made", made);
    assertEquals(before, Refusal.contents(made));
    assertFalse(Files.exists(out.resolve("made")));
    assertEquals(answer.get("rows").get(0).get("attacks"), found.get("rows").get(0).get("attacks"));
    Path otherwise = folder.resolve("otherwise");
    CommandRun.of(evaluate(otherwise, base, "--table", table, "--seed", 1), "--made", made)
        .assertRefused("made otherwise");
  }

  /**
   * Tables are of one size on the pictures they were fitted to; on others they are what they are.
   */
  @Test
  void filesOfTheAttackedPicturesAreMeasured() throws IOException {
    FittedTables tables = FittedTables.read(table);
    float[] values = pictures().images().toFloats();
    var bytes = new byte[values.length];
    for (int i = 0; i < values.length; i++) {
      bytes[i] = (byte) Math.round(values[i] * 255);
    }
    var sizes = new FileSizes(FileSizes.pictures(bytes, 16, 16), tables.subsampling());
    for (JsonNode row : answer.get("rows")) {
      List<JpegTables> each =
          switch (row.get("variant").asText()) {
            case "jpeg" -> List.of(tables.plain().tables());
            case "table", "noisy" -> List.of(tables.favoured().tables());
            case "ensemble" ->
                Stream.of(2, 0.5, 1).map(level -> tables.atLevel(level.doubleValue())).toList();
            default -> List.of();
          };
      JsonNode found = row.get("attacked_bytes_per_picture");
      assertEquals(each.size(), found.size(), row.toString());
      for (int i = 0; i < each.size(); i++) {
        assertEquals(sizes.applyAsDouble(each.get(i)), found.get(i).asDouble());
      }
    }
  }

  @Test
  void withoutADefenceTheRowIsWhatAttackSays() throws IOException {
    JsonNode attacked =
        CommandRun.answer(
            folder,
            List.of("attack", "--model", base, PICTURES, "--limit", COUNT, "--eps", "4/255"),
            List.of("--attack", "fgsm", "--out", folder.resolve("fgsm")));
    JsonNode none = answer.get("rows").get(0);
    assertEquals(attacked.get("robust_accuracy"), none.get("attacks").get("fgsm"));
    JsonNode through =
        CommandRun.answer(
            folder,
            List.of("attack", "--model", base, PICTURES, "--limit", COUNT, "--eps", "4/255"),
            List.of("--attack", "apgd-ce,apgd-dlr", "--steps", 2, "--eot", 2),
            List.of("--out", folder.resolve("apgd")));
    assertEquals(through.get("robust_accuracy"), none.get("adaptive").get("worst"));
  }

  @Test
  void aKilledEvaluationGoesOnToTheSameAnswer() throws IOException {
    Path killed = copy(evaluated, "killed");
    delete(
        killed,
        "compress-evaluate.json",
        "rows/slq",
        "rows/ensemble",
        "made/deepfool/images-0.safetensors");
    delete(killed, "rows/noisy/adaptive", "rows/jpeg/clean.json", "rows/table/cw");
    CommandRun.of(evaluate(killed, classifiers, "--resume")).assertDone();
    JsonNode found = CommandRun.json(killed.resolve("compress-evaluate.json"));
    assertEquals(timeless(answer), timeless(found));
    Map<String, String> before = Refusal.contents(killed.resolve("rows"));
    assertEquals(
        timeless(answer),
        timeless(CommandRun.answer(folder, evaluate(killed, classifiers, "--resume"))));
    assertEquals(before, Refusal.contents(killed.resolve("rows")));
  }

  /** The rows without what no two runs share: how long they took. */
  private static String timeless(JsonNode found) {
    return found.get("rows").toString().replaceAll("\"seconds\":[0-9.E-]+", "");
  }

  @Test
  void reportShowsTheRows() throws IOException {
    Path page = folder.resolve("page.html");
    CommandRun.of("report", evaluated, classifiers, "--out", page).assertDone();
    assertTrue(Files.readString(page).contains("stochastic local quantisation"));
  }

  @Test
  void aPlainModelHasFewerRows() throws IOException {
    JsonNode found =
        CommandRun.answer(
            folder,
            evaluate(folder.resolve("plain"), base, "--table", table),
            List.of("--variants", "none,table,ensemble", "--rounding", "cubic"));
    assertEquals(List.of("none", "table"), found.get("rows").findValuesAsText("variant"));
    assertEquals("ensemble", found.get("not_run").get(0).asText());
    assertEquals(answer.get("rows").get(2).get("clean"), found.get("rows").get(1).get("clean"));
  }

  @Test
  void killedTrainingGoesOnToTheSameBits() throws IOException {
    Path killed = copy(classifiers, "killed");
    delete(killed, "compression.json", "level-1");
    Path second = killed.resolve("level-0.5");
    delete(second, "level.json", "model.safetensors", "metrics.json", "checkpoints/step-6");
    Files.writeString(second.resolve("checkpoints").resolve("latest"), "step-5\n");
    CommandRun resumed = CommandRun.of(train(killed, "--resume")).assertDone();
    assertTrue(resumed.out().contains("done before"), resumed.out());
    assertTrue(resumed.out().contains("goes on after step 5 of 6"), resumed.out());
    for (String file :
        List.of(
            "compression.json",
            "table.json",
            "base/model.safetensors",
            "level-2/model.safetensors",
            "level-0.5/model.safetensors",
            "level-1/model.safetensors",
            "level-1/level.json")) {
      assertEquals(-1, Files.mismatch(classifiers.resolve(file), killed.resolve(file)), file);
    }
  }

  @Test
  void whatCannotBeIsRefused() throws IOException {
    Path out = folder.resolve("out");
    Refusal.expect(folder, List.of("compress"), "fit-table, train or evaluate");
    Refusal.expect(folder, fit(out, "--rule", "luck"), "--rule luck", "gradient");
    Refusal.expect(folder, fit(out, "--bytes", 9, "--bytes-of-quality", 5), "exclude each other");
    Refusal.expect(folder, fit(out, "--bytes", 9), "at most 9.0 bytes");
    Refusal.expect(folder, fit(out, "--bytes-of-quality", 0), "quality");
    Refusal.expect(folder, fit(out, "--subsampling", "4:1:1"), "4:1:1", "4:2:0");
    Refusal.expect(shared, fit(table), "exists already");
    Refusal.expect(folder, train(out, "--resume"), "nothing to resume");
    Refusal.expect(shared, train(classifiers), "not empty", "--resume");
    refuseTraining("--levels", "1,1", "given twice");
    refuseTraining("--levels", "1,-2", "-2.0", "above 0");
    refuseTraining("--random-levels", "1.5", "0 to 1");
    refuseTraining("--table", base.resolve("config.json"), "table");
    Path key = Tiny.key(folder.resolve("key.p12"), "shuffle", 4);
    Path keyed = Tiny.train(folder.resolve("keyed"), 1, Tiny.with(key));
    refuseTraining("--model", keyed, "plain models");
    Refusal.expect(folder, evaluate(out, base), "--table", "fit-table");
    Refusal.expect(folder, evaluate(out, classifiers, "--variants", "many"), "many", "slq");
    Refusal.expect(folder, evaluate(out, classifiers, "--adaptive", "pgd"), "--adaptive pgd");
    Refusal.expect(folder, evaluate(out, classifiers, "--rounding", "up"), "--rounding up");
    Path other = folder.resolve("other.json");
    CommandRun.of(fit(other, "--bytes-of-quality", 20)).assertDone();
    Refusal.expect(folder, evaluate(out, classifiers, "--table", other), "--table", "leave it out");
    Refusal.expect(
        shared, evaluate(evaluated, classifiers, "--resume", "--seed", 1), "--seed was 0");
    assertFalse(Files.exists(out));
  }

  private void refuseTraining(String option, Object value, Object... parts) throws IOException {
    var words = new ArrayList<Object>();
    for (Object word : train(folder.resolve("refused"))) {
      words.addAll((List<?>) word);
    }
    int at = words.indexOf(option);
    words.set(at + 1, value);
    Refusal.expect(folder, words, parts);
  }

  private Path copy(Path from, String name) throws IOException {
    Path to = folder.resolve(name);
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : paths.toList()) {
        Files.copy(path, to.resolve(from.relativize(path).toString()));
      }
    }
    return to;
  }

  private static void delete(Path from, String... names) throws IOException {
    for (String name : names) {
      try (Stream<Path> paths = Files.walk(from.resolve(name))) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }
}
