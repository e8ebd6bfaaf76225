package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
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

/** What compression is worth: the rows, against what other ways to them give, and resumed. */
class CompressEvaluationTest extends CompressRuns {
  private static final List<String> ATTACKS = List.of("fgsm", "pgd", "cw", "deepfool");

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
      for (String attack : List.of("fgsm", "pgd")) {
        double after = adaptive.get(attack).asDouble();
        assertTrue(after <= row.get("attacks").get(attack).asDouble(), row.toString());
        assertTrue(after <= adaptive.get("apgd-dlr").asDouble(), row.toString());
      }
      assertEquals(adaptive.get("pgd"), adaptive.get("worst"), "the last of them");
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
      var standing = new HashSet<Integer>();
      for (int i = 0; i < COUNT; i++) {
        if (worst.result().pictures().get(i).isRobust()) {
          standing.add(i);
        }
      }
      JsonNode adaptive = row.get("adaptive");
      assertEquals(first, adaptive.get("apgd-ce").asDouble());
      assertEquals(worst.result().robustAccuracy(), adaptive.get("apgd-dlr").asDouble());
      for (String attack : List.of("fgsm", "pgd")) {
        int[] after = jpeg.logits(made(evaluated.resolve("made"), attack)).argMax().toInts();
        standing.removeIf(i -> after[i] != before[i]);
      }
      assertEquals((double) standing.size() / COUNT, adaptive.get("worst").asDouble());
    }
  }

  /** Most pictures fare alike in two rows, so that what differs is known better than either. */
  @Test
  void cleanAnswersAreComparedPictureByPicture() throws IOException {
    JsonNode row = answer.get("rows").get(1);
    assertEquals("jpeg", row.get("variant").asText());
    FittedTables tables = FittedTables.read(table);
    Dataset dataset = DataSource.parse("shapes:16").open(Split.VAL, Selection.limit(20, 0));
    int lost = 0;
    int gained = 0;
    try (Scope _ = Scope.open("test");
        ImageClassifier network = ModelFolder.open(base).classifier(Device.CPU);
        JpegTransform transform =
            JpegTransform.of(
                tables.plain().tables(), tables.subsampling(), network.imageShape(), Device.CPU)) {
      Pictures twenty =
          new DatasetPictures(dataset, network.architecture(), Device.CPU, false).pictures(0, 20);
      int[] plain = network.logits(twenty.images()).argMax().toInts();
      int[] behind =
          new CompressedClassifier(network, transform).logits(twenty.images()).argMax().toInts();
      for (int i = 0; i < 20; i++) {
        int label = twenty.labels()[i];
        lost += plain[i] == label && behind[i] != label ? 1 : 0;
        gained += plain[i] != label && behind[i] == label ? 1 : 0;
      }
    }
    assertEquals(lost, row.get("clean_lost").asInt());
    assertEquals(gained, row.get("clean_gained").asInt());
    int changed = 0;
    for (JsonNode other : answer.get("rows")) {
      double difference = other.get("clean_difference").asDouble();
      double none = answer.get("rows").get(0).get("clean").asDouble();
      assertEquals(other.get("clean").asDouble() - none, difference, 1e-12);
      assertTrue(other.get("clean_difference_interval").get(0).asDouble() <= difference);
      assertTrue(other.get("clean_difference_interval").get(1).asDouble() >= difference);
      changed += other.get("clean_lost").asInt() + other.get("clean_gained").asInt();
    }
    assertTrue(changed > 0, "nothing to tell apart");
    assertEquals(0, answer.get("rows").get(0).get("clean_lost").asInt());
  }

  /** What of a defence is only training: the same network, trained on, without a defence. */
  @Test
  void moreTrainingAloneIsAnotherRow() throws IOException {
    Path tuned =
        Tiny.train(
            folder.resolve("tuned"),
            2,
            "--lr",
            0.01,
            "--weights",
            base.resolve(ModelFolder.WEIGHTS));
    Path made = evaluated.resolve("made");
    List<Object> words =
        List.of(
            evaluate(folder.resolve("control"), base, "--table", table, "--made", made),
            List.of("--fine-tuned", tuned));
    JsonNode found = CommandRun.answer(folder, words, "--variants", "fine-tuned,jpeg");
    JsonNode row = found.get("rows").get(0);
    JsonNode jpeg = found.get("rows").get(1);
    double difference = jpeg.get("clean").asDouble() - row.get("clean").asDouble();
    assertEquals(difference, jpeg.get("fine_tuned_difference").asDouble(), 1e-12);
    JsonNode interval = jpeg.get("fine_tuned_difference_interval");
    assertTrue(interval.get(0).asDouble() < difference && difference < interval.get(1).asDouble());
    assertFalse(answer.get("rows").get(1).has("fine_tuned_difference"), "there is no such network");
    assertEquals("fine-tuned", row.get("variant").asText());
    JsonNode plain =
        CommandRun.answer(folder, "evaluate", "--model", tuned, PICTURES, "--limit", 20);
    assertEquals(plain.get("top1"), row.get("clean"));
    double none = answer.get("rows").get(0).get("clean").asDouble();
    assertEquals(row.get("clean").asDouble() - none, row.get("clean_difference").asDouble(), 1e-12);
    // shown what was made on the network before, as every defence is
    Pictures pictures = pictures();
    try (Scope _ = Scope.open("test");
        ImageClassifier network = ModelFolder.open(tuned).classifier(Device.CPU)) {
      int[] before = network.logits(pictures.images()).argMax().toInts();
      int[] after = network.logits(made(made, "pgd")).argMax().toInts();
      long standing =
          IntStream.range(0, COUNT)
              .filter(i -> before[i] == pictures.labels()[i] && after[i] == before[i])
              .count();
      assertEquals((double) standing / COUNT, row.get("attacks").get("pgd").asDouble());
    }
    JsonNode through =
        CommandRun.answer(
            folder,
            List.of("attack", "--model", tuned, PICTURES, "--limit", COUNT, "--eps", "4/255"),
            List.of("--attack", "apgd-ce,apgd-dlr", "--steps", 2, "--eot", 2),
            List.of("--out", folder.resolve("apgd-tuned")));
    assertEquals(through.get("robust_accuracy"), row.get("adaptive").get("worst"));
    assertEquals("fine-tuned", answer.get("not_run").get(0).asText());
    Path other = Tiny.train(folder.resolve("other"), 1, "--mean", "0.5,0.5,0.5", "--std", "1,1,1");
    Refusal.expect(
        folder,
        Refusal.instead(words, List.of("--fine-tuned", other, "--out", folder.resolve("no"))),
        "--fine-tuned",
        "same network");
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
    Path killed = Folders.copy(evaluated, folder, "killed");
    Folders.delete(
        killed,
        "compress-evaluate.json",
        "rows/slq",
        "rows/ensemble",
        "made/deepfool/images-0.safetensors");
    Folders.delete(killed, "rows/noisy/adaptive", "rows/jpeg/clean.json", "rows/table/cw");
    // of a version that did not say which
    Path counted = killed.resolve("rows").resolve("noisy").resolve("clean.json");
    Files.writeString(
        counted, Files.readString(counted).replaceAll(",\\s*\"wrong\"\\s*:\\s*\\[[^]]*]", ""));
    assertFalse(CommandRun.json(counted).has("wrong"));
    CommandRun.of(evaluate(killed, classifiers, "--resume")).assertDone();
    JsonNode found = CommandRun.json(killed.resolve("compress-evaluate.json"));
    assertEquals(timeless(answer), timeless(found));
    Map<String, String> before = Refusal.contents(killed.resolve("rows"));
    assertEquals(
        timeless(answer),
        timeless(CommandRun.answer(folder, evaluate(killed, classifiers, "--resume"))));
    assertEquals(before, Refusal.contents(killed.resolve("rows")));
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

  /** The rows without what no two runs share: how long they took. */
  private static String timeless(JsonNode found) {
    return found.get("rows").toString().replaceAll("\"seconds\":[0-9.E-]+", "");
  }
}
