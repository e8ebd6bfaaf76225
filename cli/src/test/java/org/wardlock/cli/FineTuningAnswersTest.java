package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.nn.model.Architecture;
import org.wardlock.nn.model.Network;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** Fine-tuning from the command line: adapters, and what takes them. */
class FineTuningAnswersTest {
  private static final List<Object> VIT = List.of("--model", "vit-8-1-h2-p8", "--image-size", 16);
  private static final List<Object> EVALUATED = List.of("--data", "shapes:16", "--limit", 200);

  @TempDir static Path models;
  private static Path weights;
  private static Path key;
  private static Path adapter;
  private static JsonNode trained;

  @TempDir private Path folder;

  @BeforeAll
  static void train() throws IOException {
    Path base = models.resolve("base");
    CommandRun.of("train", Tiny.DATA, VIT, Tiny.recipe(1), "--out", base).assertDone();
    weights = base.resolve("model.safetensors");
    key = Tiny.key(models.resolve("key"), "shuffle", 8);
    adapter = models.resolve("adapter");
    trained = tune(models, adapter, Tiny.with(key), "--lora-rank", 2, "--lora-alpha", 4);
  }

  private static JsonNode tune(Path folder, Path out, Object... more) throws IOException {
    boolean adapted = List.of(more).contains("--adapter");
    return CommandRun.answer(
        folder,
        "train",
        Tiny.DATA,
        adapted ? VIT.subList(0, 2) : VIT,
        Tiny.recipe(2),
        List.of("--weights", weights, "--lr", 0.01, "--out", out),
        List.of(more));
  }

  private JsonNode evaluate(Object... more) throws IOException {
    return CommandRun.answer(folder, "evaluate", "--data", "shapes:16", List.of(more));
  }

  @Test
  void anAdapterEvaluatesToWhatTrainingSaid() throws IOException {
    assertFalse(Files.exists(adapter.resolve("model.safetensors")));
    Object expected = trained.get("final").get("val_top1");
    List<Object> changes = List.of("--adapter", adapter, Tiny.with(key));
    assertEquals(expected, evaluate(VIT.subList(0, 2), "--weights", weights, changes).get("top1"));
    Path base = weights.getParent();
    JsonNode found = evaluate("--model", base, changes, "--wrong-keys", 1);
    assertEquals(expected, found.get("top1"));
    assertTrue(found.get("wrong_key").has("mean"));
  }

  @Test
  void theAnswerCountsWhatIsTrained() {
    int factors = 2 * (2 * 8 + 8 * 2);
    int ends = (192 * 8 + 8) + (8 * 10 + 10);
    assertEquals(factors + ends, trained.get("trainable_parameters").asLong());
    int tokens = 8 + 5 * 8;
    int block = 4 * 8 + (8 * 24 + 24) + (8 * 8 + 8) + (8 * 32 + 32) + (32 * 8 + 8);
    assertEquals(factors + ends + tokens + block + 2 * 8, trained.get("total_parameters").asLong());
  }

  @Test
  void theConfigSaysWhatWasLeftOpen() throws IOException {
    JsonNode options = CommandRun.json(adapter.resolve("config.json")).get("options");
    assertEquals("patch-embed,head", options.get("--train").asText());
    assertEquals("qkv", options.get("--lora-targets").asText());
    assertEquals("4.0", options.get("--lora-alpha").asText());
  }

  @Test
  void anAdapterIsAttacked() throws IOException {
    Path out = folder.resolve("out");
    List<Object> words =
        List.of("attack", EVALUATED, "--model", weights.getParent(), "--adapter", adapter);
    CommandRun.of(
            words,
            Tiny.with(key),
            "--attack",
            "fgsm",
            "--eps",
            "8/255",
            "--limit",
            20,
            "--out",
            out)
        .assertRefused("--limit");
    CommandRun.of(words, Tiny.with(key), "--attack", "fgsm", "--eps", "8/255", "--out", out)
        .assertDone();
    assertTrue(Files.exists(out.resolve("records.csv")));
  }

  @Test
  void trainingGoesOnFromAnAdapter() throws IOException {
    Path next = folder.resolve("next");
    List<Object> lora = List.of("--lora-rank", 2, "--lora-alpha", 4);
    JsonNode on = tune(folder, next, "--adapter", adapter, Tiny.with(key), lora);
    JsonNode found = evaluate("--model", weights.getParent(), "--adapter", next, Tiny.with(key));
    assertEquals(on.get("final").get("val_top1"), found.get("top1"));
    // all parts: a whole model again
    Path whole = folder.resolve("whole");
    tune(folder, whole, "--adapter", adapter, Tiny.with(key));
    assertTrue(Files.exists(whole.resolve("model.safetensors")));
    CommandRun.of(
            "train",
            Tiny.DATA,
            VIT.subList(0, 2),
            Tiny.recipe(1),
            List.of("--weights", weights, "--adapter", adapter, "--train", "head"),
            List.of("--out", folder.resolve("none")))
        .assertRefused("--adapter", "--lora-rank");
  }

  @Test
  void whoGoesOnWithoutTheKeyIsWarned() throws IOException {
    String id = CommandRun.json(adapter.resolve("adapter.json")).at("/model/key_id").asText();
    List<Object> words = List.of("train", Tiny.DATA, VIT.subList(0, 2), Tiny.recipe(1));
    List<Object> begun = List.of("--weights", weights, "--adapter", adapter);
    CommandRun.of(words, begun, "--out", folder.resolve("plain"))
        .assertComplaint("warning", "made for key " + id, "without --key");

    Path keyed = folder.resolve("keyed");
    CommandRun.of("train", Tiny.DATA, VIT, Tiny.recipe(1), Tiny.with(key), "--out", keyed)
        .assertDone();
    List<Object> stored = List.of("--weights", keyed.resolve("model.safetensors"));
    CommandRun.of("train", Tiny.DATA, VIT, Tiny.recipe(1), stored, "--out", folder.resolve("next"))
        .assertComplaint("warning", "made for key " + id);
  }

  @Test
  void anAdapterThatDoesNotFitIsRefusedInOneLine() throws IOException {
    List<Object> base = List.of("--model", weights.getParent());
    refuse(List.of(base, "--adapter", folder.resolve("gone")), "gone", "no such folder");
    refuse(List.of(base, "--adapter", weights.getParent()), "adapter.json");
    refuse(List.of("--model", adapter), "holds an adapter alone", "--adapter " + adapter);
    refuse(List.of(base, "--adapter", adapter, "--image-size", 16), "--image-size", "says it");
    // another model of the same kind, and one of another
    Path other = folder.resolve("other");
    CommandRun.of("train", Tiny.DATA, VIT, Tiny.recipe(1), "--seed", 9, "--out", other)
        .assertDone();
    refuse(List.of("--model", other, "--adapter", adapter), "give the weights it was made from");
    Path mixer = Tiny.train(folder.resolve("mixer"), 1);
    refuse(List.of("--model", mixer, "--adapter", adapter), "convmixer-8-1-k3-p4", "vit-8-1");
    Path wrong = Tiny.key(folder.resolve("wrong"), "shuffle", 8);
    refuse(List.of(base, "--adapter", adapter, Tiny.with(wrong)), "found key", "expected key");
    Path damaged = Files.createDirectories(folder.resolve("damaged"));
    for (String name : List.of("adapter.json", "adapter.safetensors")) {
      byte[] bytes = Files.readAllBytes(adapter.resolve(name));
      if (name.endsWith("s")) {
        bytes[bytes.length - 1] ^= 1;
      }
      Files.write(damaged.resolve(name), bytes);
    }
    refuse(List.of(base, "--adapter", damaged, Tiny.with(key)), "damaged");
  }

  private static void refuse(List<Object> words, Object... parts) {
    CommandRun.of("evaluate", EVALUATED, words).assertRefused(parts);
  }

  @Test
  void optionsThatDoNotFitAreRefused() {
    List<Object> given = List.of("--weights", weights);
    refuseTraining(List.of(given, "--lora-alpha", 4), "--lora-alpha", "--lora-rank");
    refuseTraining(List.of("--lora-rank", 2), "--weights");
    refuseTraining(List.of(given, "--train", "head", "--freeze", "body"), "--train", "--freeze");
    refuseTraining(List.of(given, "--train", "tail"), "tail", "patch-embed,position,body,head");
    refuseTraining(List.of(given, "--train", "none"), "nothing to train");
    refuseTraining(List.of(given, "--lora-rank", 9), "at most 8");
    refuseTraining(List.of(given, "--batch-norm", "off"), "off", "refreshed or frozen");
    refuseTraining(List.of(given, "--adapter", adapter), "--image-size", "says it itself");
    CommandRun.of("train", Tiny.DATA, VIT.subList(0, 2), Tiny.recipe(1)).assertRefused("--out");
    CommandRun.of(
            List.of("train", Tiny.DATA, VIT.subList(0, 2), Tiny.recipe(1)),
            List.of("--adapter", adapter, "--out", folder.resolve("x")))
        .assertRefused("--adapter", "--weights");
  }

  private void refuseTraining(List<Object> words, Object... parts) {
    CommandRun.of("train", Tiny.DATA, VIT, Tiny.recipe(1), "--out", folder.resolve("x"), words)
        .assertRefused(parts);
  }

  /** A head for ten classes in the place of one for seven. */
  @Test
  void aHeadForOtherClassesStartsAfresh() throws IOException {
    Path seven = folder.resolve("seven.safetensors");
    write(seven, 7, Set.of());
    requireNewHead(seven, "tells 7 classes apart, not 10");
  }

  /** As networks are published that learnt without labels. */
  @Test
  void weightsWithoutAHeadGetOne() throws IOException {
    Path headless = folder.resolve("headless.safetensors");
    write(headless, 10, Set.of("head.weight", "head.bias"));
    requireNewHead(headless, "has no head.weight");
    CommandRun.of("evaluate", EVALUATED, VIT.subList(0, 2), "--weights", headless)
        .assertRefused("head.weight");
  }

  private static void write(Path file, int classes, Set<String> without) throws IOException {
    try (Scope _ = Scope.open("stored")) {
      Architecture architecture =
          Architecture.named("vit-8-1-h2-p8").withImageSize(16).withClasses(classes);
      Network network = Network.initial(architecture, Device.CPU, 1);
      Map<String, Tensor> state = new LinkedHashMap<>(network.parameters().state(Device.CPU));
      assertTrue(state.keySet().containsAll(without));
      state.keySet().removeAll(without);
      Safetensors.write(file, state, Map.of());
    }
  }

  private void requireNewHead(Path stored, String why) throws IOException {
    Path out = folder.resolve("frozen");
    List<Object> words = List.of(Tiny.DATA, VIT, Tiny.recipe(1), "--weights", stored);
    JsonNode answer =
        CommandRun.answer(folder, "train", words, "--freeze", "body,position", "--out", out);
    assertEquals(192 * 8 + 8 + 8 * 10 + 10, answer.get("trainable_parameters").asLong());
    JsonNode found = evaluate(VIT.subList(0, 2), List.of("--weights", stored, "--adapter", out));
    assertEquals(answer.get("final").get("val_top1"), found.get("top1"));
    CommandRun.of("train", words, "--train", "patch-embed", "--out", folder.resolve("other"))
        .assertRefused(why, "train it, too");
  }
}
