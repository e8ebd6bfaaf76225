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
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tables and classifiers of several levels: what comes of it, and resumed. */
class CompressTest extends CompressRuns {
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
  void killedTrainingGoesOnToTheSameBits() throws IOException {
    Path killed = Folders.copy(classifiers, folder, "killed");
    Folders.delete(killed, "compression.json", "level-1");
    Path second = killed.resolve("level-0.5");
    Folders.delete(second, "level.json", "model.safetensors", "metrics.json", "checkpoints/step-6");
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
    Refusal.expect(folder, evaluate(out, classifiers, "--batch", -1), "--batch -1");
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
}
