package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.cli.report.WellFormed;

/** Many keyed models of one base: what comes of it, and how killed runs go on. */
class ProliferateTest {
  private static final List<Object> PICTURES = List.of("--data", "shapes:16");
  private static final List<Object> THREAT = List.of("--steps", 3, "--eps", "4/255");
  private static final int COUNT = 2;

  @TempDir private static Path shared;
  private static Path base;
  private static List<Object> guarded;
  private static Path whole;
  private static JsonNode answer;

  @TempDir private Path folder;

  @BeforeAll
  static void proliferate() throws IOException {
    base = Tiny.train(shared.resolve("base"), 4, "--lr", 0.03);
    Path password = Files.writeString(shared.resolve("password"), Tiny.PASSWORD + "\n");
    guarded = List.of("--password-file", password);
    whole = shared.resolve("whole");
    answer = CommandRun.answer(shared, words(whole));
  }

  private static List<Object> words(Path out, Object... more) {
    return List.of(
        List.of("proliferate", Tiny.DATA, Tiny.recipe(2), "--model", base, guarded),
        List.of("--train", "patch-embed,head", "--lr", 0.03, "--checkpoint-every", 1),
        List.of("--count", COUNT, "--transform", "shuffle", "--block", 4),
        List.of("--pictures", 20, THREAT, "--out", out),
        List.of(more));
  }

  @Test
  void theReportHasItsTables() throws IOException {
    Path page = folder.resolve("page.html");
    CommandRun.of("report", whole, "--out", page).assertDone();
    String html = Files.readString(page);
    WellFormed.assertPage(html);
    String text = html.replace("<wbr>", "");
    assertTrue(text.contains("Proliferate: whole"), "no section of its own");
    for (JsonNode model : answer.get("models")) {
      assertTrue(text.contains(model.get("key_id").asText()), model.toString());
    }
    assertTrue(text.contains("<caption>transfer</caption>"), "no matrix");
  }

  private static List<Object> keyed(int number) {
    Path adapter = whole.resolve("model-" + number);
    return List.of(
        List.of("--model", base, "--adapter", adapter, PICTURES),
        List.of("--key", whole.resolve("keys"), guarded));
  }

  @Test
  void everyModelIsAnAdapterBehindAKeyOfItsOwn() throws IOException {
    assertEquals(COUNT, answer.get("models").size());
    // the embedding with its batch normalisation, and the head
    long embeddingAndHead = 48 * 8 + 8 + 2 * 8 + 8 * 10 + 10;
    assertEquals(embeddingAndHead, answer.get("trainable_parameters").asLong());
    assertTrue(answer.get("total_parameters").asLong() > embeddingAndHead);
    for (int i = 0; i < COUNT; i++) {
      JsonNode model = answer.get("models").get(i);
      Path adapter = whole.resolve("model-" + i);
      String id = model.get("key_id").asText();
      assertTrue(Files.exists(whole.resolve("keys").resolve(id + ".p12")), id);
      long bytes =
          Files.size(adapter.resolve("adapter.json"))
              + Files.size(adapter.resolve("adapter.safetensors"));
      assertEquals(bytes, model.get("bytes").asLong());
      double size = answer.get("base_bytes").asDouble();
      assertEquals(bytes / size, model.get("of_base").asDouble());
      assertTrue(model.get("seconds").asDouble() > 0);
      JsonNode evaluated = CommandRun.answer(folder, "evaluate", keyed(i));
      assertEquals(evaluated.get("top1"), model.get("val_top1"));
    }
    long stored = Files.size(base.resolve("model.safetensors"));
    assertEquals(stored, answer.get("base_bytes").asLong());
    assertNotEquals(
        answer.get("models").get(0).get("key_id"), answer.get("models").get(1).get("key_id"));
  }

  /**
   * Beside a base of float16 an adapter is rounded to it. Here that is all of what the head learnt,
   * so that the accuracy that training saw is not that of what was stored.
   */
  @Test
  void theAccuracyIsThatOfTheStoredAdapter() throws IOException {
    Path half =
        ForeignWeights.halfWithoutHead(
            base.resolve("model.safetensors"), folder.resolve("half.safetensors"));
    List<Object> named = List.of(Tiny.NETWORK, "--weights", half);
    Path out = folder.resolve("of-half");
    List<Object> words =
        List.of(
            List.of("proliferate", Tiny.DATA, Tiny.recipe(2), named, guarded),
            List.of("--train", "patch-embed,head", "--lr", 1e-9, "--count", 1, THREAT),
            List.of("--transform", "shuffle", "--block", 4, "--pictures", 20, "--out", out));
    JsonNode found = CommandRun.answer(folder, words).get("models").get(0).get("val_top1");
    Path model = out.resolve("model-0");
    JsonNode evaluated =
        CommandRun.answer(
            folder,
            List.of("evaluate", PICTURES, Tiny.NETWORK.subList(0, 2), "--weights", half),
            List.of("--adapter", model, "--key", out.resolve("keys"), guarded));
    assertEquals(evaluated.get("top1"), found);
    JsonNode epochs = CommandRun.json(model.resolve("metrics.json")).get("epochs");
    assertNotEquals(epochs.get(1).get("val_top1"), found);
    Folders.delete(model, "proliferated.json");
    Folders.delete(out, "proliferate.json");
    JsonNode resumed = CommandRun.answer(folder, words, "--resume");
    assertEquals(found, resumed.get("models").get(0).get("val_top1"));
  }

  @Test
  void theDiagonalIsWhatAttackSays() throws IOException {
    assertEquals(20, answer.get("images").asInt());
    for (int i = 0; i < COUNT; i++) {
      JsonNode attacked =
          CommandRun.answer(
              folder,
              List.of("attack", keyed(i), "--attack", "pgd", THREAT),
              List.of("--limit", 20, "--out", folder.resolve("attack-" + i)));
      assertEquals(attacked.get("clean_accuracy"), answer.get("clean").get(i));
      assertEquals(attacked.get("robust_accuracy"), answer.get("transfer").get(i).get(i));
    }
    double other = answer.get("transfer").get(0).get(1).asDouble();
    assertTrue(other <= answer.get("clean").get(1).asDouble(), answer.toString());
  }

  @Test
  void aRunKilledInAnyPlaceGoesOnToTheSameBits() throws IOException {
    Path killed = Folders.copy(whole, folder, "in-training");
    Path model = killed.resolve("model-1");
    Folders.delete(killed, "transfer.json", "proliferate.json");
    Folders.delete(
        model, "proliferated.json", "adapter.json", "adapter.safetensors", "metrics.json");
    forgetTheLastState(model.resolve("checkpoints"));
    CommandRun resumed = CommandRun.of(words(killed, "--resume")).assertDone();
    assertTrue(resumed.out().contains("done before"), resumed.out());
    assertTrue(resumed.out().contains("goes on after step 5 of 6"), resumed.out());
    assertSame(killed);

    Path between = Folders.copy(whole, folder, "before-training");
    Folders.delete(between, "keys.json", "transfer.json", "proliferate.json", "model-0", "model-1");
    CommandRun.of(words(between, "--resume")).assertDone();
    assertSame(between);

    Path inMatrix = Folders.copy(whole, folder, "in-matrix");
    Folders.delete(inMatrix, "proliferate.json");
    var mapper = new ObjectMapper();
    Path rows = inMatrix.resolve("transfer.json");
    JsonNode json = mapper.readTree(rows.toFile());
    ((ArrayNode) json.get("rows")).remove(1);
    mapper.writeValue(rows.toFile(), json);
    CommandRun last = CommandRun.of(words(inMatrix, "--resume")).assertDone();
    assertTrue(!last.out().contains("made on model 0"), last.out());
    assertTrue(last.out().contains("made on model 1"), last.out());
    assertSame(inMatrix);
  }

  /** The system kills it, in the middle of what it computes or writes. */
  @Test
  void aKilledProcessGoesOnToTheSameBits() throws IOException, InterruptedException {
    Path killed = Folders.copy(whole, folder, "killed");
    Folders.delete(killed, "transfer.json", "proliferate.json", "model-0", "model-1");
    for (String sign : List.of("model-0/checkpoints/latest", "model-1/config.json")) {
      killAt(killed.resolve(sign), words(killed, "--resume"));
      assertFalse(Files.exists(killed.resolve("proliferate.json")), "it was done before " + sign);
    }
    CommandRun.of(words(killed, "--resume")).assertDone();
    assertSame(killed);
  }

  private void killAt(Path sign, List<Object> words) throws IOException, InterruptedException {
    Path said = folder.resolve("said");
    Process process = CommandProcess.start(said, words);
    try {
      while (!Files.exists(sign)) {
        assertFalse(process.waitFor(1, TimeUnit.MILLISECONDS), () -> "it ended: " + read(said));
      }
    } finally {
      process.destroyForcibly().waitFor();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void aFinishedRunSaysAllAgain() throws IOException {
    Path again = Folders.copy(whole, folder, "again");
    Map<String, String> before = Refusal.contents(again);
    assertEquals(answer, CommandRun.answer(folder, words(again, "--resume")));
    assertEquals(before, Refusal.contents(again));
  }

  @Test
  void reportShowsEachTraining() throws IOException {
    Path page = folder.resolve("page.html");
    CommandRun.of("report", whole.resolve("model-0"), "--out", page).assertDone();
    assertTrue(Files.exists(page));
  }

  @Test
  void lowRankChangesOfATransformerAreAdaptersToo() throws IOException {
    List<Object> network = List.of("--model", "vit-8-1-h2-p8", "--image-size", 16);
    Path plain = folder.resolve("plain");
    CommandRun.of("train", Tiny.DATA, network, Tiny.recipe(1), "--out", plain).assertDone();
    JsonNode found =
        CommandRun.answer(
            folder,
            List.of("proliferate", Tiny.DATA, network, Tiny.recipe(1), guarded),
            List.of("--weights", plain.resolve("model.safetensors"), "--lora-rank", 1),
            List.of("--count", 1, "--transform", "ffx", "--block", 8, "--pictures", 4, THREAT),
            List.of("--out", folder.resolve("out")));
    assertEquals(1, found.get("transfer").size());
    assertTrue(!found.has("carried_over"), found.toString());
  }

  /** All keys are under one password, also those that are made after an interruption. */
  @Test
  void whatIsResumedWithAnotherPasswordIsRefused() throws IOException {
    Path killed = Folders.copy(whole, folder, "other-password");
    Folders.delete(killed, "keys.json", "transfer.json", "proliferate.json", "model-0", "model-1");
    String last = answer.get("models").get(1).get("key_id").asText();
    Folders.delete(killed.resolve("keys"), last + ".p12");
    Path other = Files.writeString(folder.resolve("other"), "another password\n");
    refuse(
        words(killed, "--resume"), List.of("--password-file", other), "password does not open it");
  }

  @Test
  void whatCannotBeIsRefused() throws IOException {
    Path out = folder.resolve("out");
    List<Object> words = words(out);
    refuse(words, List.of("--count", 0), "--count 0");
    refuse(words, List.of("--pictures", 0), "--pictures 0");
    refuse(words, List.of("--eps", "much"), "much");
    refuse(words, List.of("--steps", 0), "0 iterations");
    refuse(words, List.of("--block", 5), "5");
    refuse(words, List.of("--transform", "mix"), "mix");
    refuse(words, List.of("--adapter", base), "--adapter", "--weights");
    refuse(words, List.of("--image-size", 16), "--image-size", "says it itself");
    List<Object> named = List.of("--model", "vit-8-1-h2-p8", "--image-size", 16);
    refuse(words, named, "needs --weights");
    refuse(words, List.of("--train", "patch-embed,position,body,head"), "no adapters");
    refuse(words(whole), List.of(), "--resume");
    refuse(words(whole), List.of("--resume", "--seed", 1), "--seed was 0");
    refuse(words(whole), List.of("--resume", "--count", 3), "--count was 2");
  }

  /** The command with other values of some options, and further ones, is refused. */
  private void refuse(List<Object> words, List<Object> instead, Object... parts)
      throws IOException {
    Refusal.expect(folder, Refusal.instead(words, instead), parts);
  }

  private void assertSame(Path resumed) throws IOException {
    for (int i = 0; i < COUNT; i++) {
      for (String file : List.of("adapter.safetensors", "adapter.json")) {
        Path one = Path.of("model-" + i, file);
        assertEquals(-1, Files.mismatch(whole.resolve(one), resumed.resolve(one)), one.toString());
      }
    }
    for (String file : List.of("keys.json", "transfer.json")) {
      assertEquals(-1, Files.mismatch(whole.resolve(file), resumed.resolve(file)), file);
    }
    JsonNode again = CommandRun.json(resumed.resolve("proliferate.json"));
    assertEquals(answer.get("transfer"), again.get("transfer"));
    for (int i = 0; i < COUNT; i++) {
      JsonNode expected = answer.get("models").get(i).get("val_top1");
      assertEquals(expected, again.get("models").get(i).get("val_top1"));
    }
  }

  /** Leaves what a process leaves that is killed before it has made its last step. */
  private static void forgetTheLastState(Path checkpoints) throws IOException {
    Path latest = checkpoints.resolve("latest");
    assertEquals("step-6", Files.readString(latest).strip());
    Folders.delete(checkpoints, "step-6");
    Files.writeString(latest, "step-5\n");
  }
}
