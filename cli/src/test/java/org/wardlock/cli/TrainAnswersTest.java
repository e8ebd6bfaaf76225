package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
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
import org.junit.jupiter.api.io.TempDir;

/** What {@code train} says of a run, and what it leaves in the run's folder. */
class TrainAnswersTest {
  private static final String WEIGHTS = "model.safetensors";

  @TempDir private Path folder;

  private JsonNode train(Path out, int epochs, Object... more) throws IOException {
    return CommandRun.answer(
        folder, "train", Tiny.DATA, Tiny.NETWORK, Tiny.recipe(epochs), "--out", out, List.of(more));
  }

  @Test
  void everyEpochIsReported() throws IOException {
    JsonNode answer = train(folder.resolve("run"), 3, "--lr", 0.1);
    assertEquals("cpu", answer.get("device").asText());
    assertEquals(9, answer.get("steps").asInt());
    JsonNode epochs = answer.get("epochs");
    assertEquals(3, epochs.size());
    for (int i = 0; i < epochs.size(); i++) {
      JsonNode epoch = epochs.get(i);
      assertEquals(i + 1, epoch.get("epoch").asInt());
      assertTrue(epoch.get("loss").asDouble() > 0);
      assertShareOf(60, epoch.get("train_top1"));
      assertShareOf(2000, epoch.get("val_top1"));
      assertTrue(epoch.get("images_per_second").asDouble() > 0);
      assertTrue(epoch.get("waiting_for_data").isNumber());
      double waiting = epoch.get("waiting_for_data").asDouble();
      assertTrue(waiting >= 0 && waiting <= 1, "share of time: " + waiting);
    }
    assertNotEquals(epochs.get(1).get("val_top1"), epochs.get(2).get("val_top1"));
    assertEquals(epochs.get(2).get("val_top1"), answer.get("final").get("val_top1"));
  }

  private static void assertShareOf(int pictures, JsonNode share) {
    assertTrue(share.isNumber());
    double count = share.asDouble() * pictures;
    assertEquals(Math.rint(count), count, 1e-9);
    assertTrue(count >= 0 && count <= pictures, share.toString());
  }

  @Test
  void theFolderEvaluatesToWhatTheAnswerSays() throws IOException {
    Path out = folder.resolve("run");
    JsonNode trained = train(out, 1, "--lr", 0.03);
    // a limit is on what is learnt from; validation takes its part whole
    JsonNode evaluated =
        CommandRun.answer(folder, "evaluate", "--data", "shapes:16", "--model", out);
    assertEquals(2000, evaluated.get("images").asInt());
    assertEquals(trained.get("final").get("val_top1"), evaluated.get("top1"));
  }

  @Test
  void theFolderSaysWhatWasAskedFor() throws IOException {
    Path out = folder.resolve("run");
    train(out, 1, "--lr", "0.02", "--seed", 7);
    JsonNode config = CommandRun.json(out.resolve("config.json"));
    assertEquals("train", config.get("command").asText());
    assertEquals("wardlock " + Version.current(), config.get("program").asText());
    assertEquals(7, config.get("seed").asLong());
    assertEquals("cpu", config.get("device").asText());
    assertEquals(60, config.get("data").get("count").asInt());
    assertTrue(config.get("data").get("digest").asText().matches("[0-9a-f]{64}"));
    assertEquals("convmixer-8-1-k3-p4", config.get("model").get("architecture").asText());
    assertEquals(16, config.get("model").get("image_size").asInt());
    assertEquals(10, config.get("model").get("class_names").size());
    assertFalse(config.get("model").hasNonNull("key_id"));
    assertEquals("0.02", config.get("options").get("--lr").asText());
  }

  @Test
  void theFolderNamesTheKey() throws IOException {
    Path key = Tiny.key(folder.resolve("key"), "negate", 4);
    Path out = Tiny.train(folder.resolve("run"), 1, Tiny.with(key));
    JsonNode shown =
        CommandRun.answer(folder, "key", "show", key, "--password-file", Tiny.passwordFile(key));
    JsonNode config = CommandRun.json(out.resolve("config.json"));
    assertEquals(shown.get("key_id"), config.get("model").get("key_id"));
  }

  @Test
  void theConfigIsEnoughToRunItAgainToTheSameBits() throws IOException {
    Path first = folder.resolve("first");
    train(first, 2, "--seed", 3, "--augment", "flip", "--label-smoothing", 0.1, "--ema", 0.9);
    var words = new ArrayList<Object>();
    JsonNode options = CommandRun.json(first.resolve("config.json")).get("options");
    for (var option : options.properties()) {
      String value = option.getValue().asText();
      if (!value.equals("false") && !option.getKey().equals("--json")) {
        words.add(option.getKey());
        words.add(option.getKey().equals("--out") ? folder.resolve("second") : value);
      }
    }
    CommandRun.of("train", words).assertDone();
    assertArrayEquals(
        Files.readAllBytes(first.resolve(WEIGHTS)),
        Files.readAllBytes(folder.resolve("second").resolve(WEIGHTS)));
  }
}
