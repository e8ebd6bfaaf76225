package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The defaults that help states are the values that are used. */
class DefaultsTest {
  // more than the batch that train takes unless told otherwise
  private static final List<Object> DATA = List.of("--data", "shapes:16", "--limit", 130);

  @TempDir private Path folder;

  private Path train(String name, Object... more) {
    Path out = folder.resolve(name);
    CommandRun.of("train", DATA, Tiny.NETWORK, "--epochs", 2, "--out", out, List.of(more))
        .assertDone();
    return out;
  }

  private static void assertSameRun(Path expected, Path actual, String result) throws IOException {
    assertEquals(optionsBut(expected, "--out"), optionsBut(actual, "--out"));
    assertArrayEquals(
        Files.readAllBytes(expected.resolve(result)), Files.readAllBytes(actual.resolve(result)));
  }

  private static JsonNode optionsBut(Path run, String option) throws IOException {
    var options = (ObjectNode) CommandRun.json(run.resolve("config.json")).get("options");
    return options.without(option);
  }

  @Test
  void train() throws IOException {
    List<Object> stated = HelpText.of("train").defaults();
    assertTrue(
        stated.containsAll(
            List.of("--batch", "--lr", "--optimizer", "--schedule", "--warmup", "--augment")),
        stated.toString());
    String decay = HelpText.of("train").options().get("--weight-decay");
    assertTrue(decay.contains("(default: 0.05 with adamw, 0.0005 with sgd)"), decay);
    // adamw has no momentum
    assertSameRun(
        train("silent"),
        train("spelled", without(stated, "--momentum"), "--weight-decay", 0.05),
        "model.safetensors");
    List<Object> sgd = List.of("--optimizer", "sgd");
    assertSameRun(
        train("silent-sgd", sgd),
        train("spelled-sgd", sgd, without(stated, "--optimizer"), "--weight-decay", 0.0005),
        "model.safetensors");
  }

  private static List<Object> without(List<Object> words, String option) {
    int at = words.indexOf(option);
    return List.of(words.subList(0, at), words.subList(at + 2, words.size()));
  }

  @Test
  void attack() throws IOException {
    Path model = train("model", "--lr", 0.03);
    List<Object> words =
        List.of("attack", "--model", model, DATA, "--attack", "pgd", "--eps", "2/255");
    Path silent = folder.resolve("silent");
    Path spelled = folder.resolve("spelled");
    List<Object> stated = HelpText.of("attack").defaults();
    assertTrue(stated.containsAll(List.of("--steps", "--restarts", "--norm", "--split")));
    CommandRun.of(words, "--out", silent).assertDone();
    CommandRun.of(words, "--out", spelled, stated).assertDone();
    assertSameRun(silent, spelled, "records.csv");
    // 2.5 eps / steps
    Path stepped = folder.resolve("stepped");
    CommandRun.of(words, "--out", stepped, "--step-size", "1/2040").assertDone();
    assertArrayEquals(
        Files.readAllBytes(silent.resolve("records.csv")),
        Files.readAllBytes(stepped.resolve("records.csv")));
  }

  @Test
  void evaluate() throws IOException {
    Path model = train("model");
    Path silent = folder.resolve("silent.csv");
    Path spelled = folder.resolve("spelled.csv");
    List<Object> words = List.of("evaluate", "--model", model, DATA, "--predictions");
    List<Object> stated = HelpText.of("evaluate").defaults();
    assertTrue(stated.containsAll(List.of("--batch", "--split", "--seed", "--device")));
    JsonNode answer = CommandRun.answer(folder, words, silent);
    CommandRun.of(words, spelled, stated).assertDone();
    assertEquals(Files.readAllLines(spelled), Files.readAllLines(silent));
    assertFalse(answer.has("wrong_key"));
  }

  @Test
  void splitSaysWhatValidatesAndNotWhatIsLearnt() throws IOException {
    var options = HelpText.of("train").options();
    String split = options.get("--split");
    assertTrue(split.contains("training always learns from train (default: val)"), split);
    assertTrue(options.get("--limit").contains("validates on all"), options.get("--limit"));
    Path learnt = train("val", "--lr", 0.03, "--split", "val");
    Path out = train("test", "--lr", 0.03, "--split", "test");
    assertArrayEquals(
        Files.readAllBytes(learnt.resolve("model.safetensors")),
        Files.readAllBytes(out.resolve("model.safetensors")));
    CommandRun.of("train", DATA, Tiny.NETWORK, "--epochs", 2, "--split", "train", "--out", folder)
        .assertRefused("--split train", "validates", "val or test");
  }

  @Test
  void keygen() throws IOException {
    Path password = Files.writeString(folder.resolve("password"), Tiny.PASSWORD);
    List<Object> words =
        List.of("keygen", "--transform", "ffx", "--block", 4, "--password-file", password);
    JsonNode made = CommandRun.answer(folder, words, "--out", folder.resolve("made"));
    assertEquals("hwc", made.get("flatten").asText());
    Path silent = folder.resolve("published");
    CommandRun.of(words, "--out", silent, "--published-seed", 42).assertDone();
    Path model = train("model", "--key", silent, "--password-file", password);
    List<Object> stated =
        List.of("--published-password", "password", "--published-rule", "2010.00801");
    Path spelled = folder.resolve("spelled");
    CommandRun.of(words, "--out", spelled, "--published-seed", 42, stated).assertDone();
    CommandRun.of("key", "check", spelled, "--model", model, "--password-file", password)
        .assertDone();
    var options = HelpText.of("keygen").options();
    assertTrue(options.get("--published-password").contains("(default: password)"));
    assertTrue(options.get("--published-rule").contains("2010.00801 (default)"));
  }

  @Test
  void bench() throws IOException {
    JsonNode answer =
        CommandRun.answer(folder, "bench", "--models", "vit-8-1-h2-p8@16", "--seconds", 0.01);
    assertEquals(
        List.of("forward", "train", "input-gradient"), answer.get("rows").findValuesAsText("mode"));
  }
}
