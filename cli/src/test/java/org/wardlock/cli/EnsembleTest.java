package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Ensembles: how they are put together, evaluated and attacked. */
class EnsembleTest {
  @TempDir private static Path folder;
  private static Path plain;
  private static Path keys;
  private static List<Object> guarded;
  private static final List<Path> TWINS = new ArrayList<>();

  @BeforeAll
  static void prepare() throws IOException {
    plain = Tiny.train(folder.resolve("plain"), 4, "--lr", 0.03);
    keys = Files.createDirectories(folder.resolve("keys"));
    Path password = Files.writeString(folder.resolve("password"), Tiny.PASSWORD + "\n");
    guarded = List.of("--password-file", password);
    for (int i = 0; i < 3; i++) {
      List<Object> keygen = List.of("keygen", "--transform", "shuffle", "--block", 4);
      String id = CommandRun.answer(folder, keygen, "--out", keys, guarded).get("key_id").asText();
      Path twin = folder.resolve("twin-" + i);
      CommandRun.of(
              List.of("encrypt-model", "--model", plain, "--out", twin, guarded),
              List.of("--key", keys.resolve(id + ".p12")))
          .assertDone();
      TWINS.add(twin);
    }
  }

  private static Path ensemble(String name, Object... more) throws IOException {
    Path out = folder.resolve(name);
    String members = String.join(",", TWINS.stream().map(Path::toString).toList());
    JsonNode answer =
        CommandRun.answer(
            folder, List.of("ensemble", "--members", members, "--out", out), List.of(more));
    assertEquals(3, answer.get("members").size());
    // a network this small has a patch embedding of 8 x 48 and little else
    assertTrue(answer.get("shared").asDouble() > 0.2, answer.toString());
    return out;
  }

  private static List<String> said(Object... words) throws IOException {
    Path csv = Files.createTempDirectory(folder, "said").resolve("csv");
    CommandRun.of("evaluate", Tiny.DATA, List.of(words), "--predictions", csv).assertDone();
    return Files.readAllLines(csv).stream().map(row -> row.split(",")[2]).toList();
  }

  @Test
  void twinsOfOneModelSayWhatItSaysWhoeverIsAsked() throws IOException {
    Path one = ensemble("one");
    Path voting = ensemble("voting", "--ask", 3, "--vote", "majority");
    List<String> expected = said("--model", plain);
    assertEquals(expected, said("--model", one, "--key", keys, guarded));
    assertEquals(expected, said("--model", voting, "--key", keys, guarded));
  }

  @Test
  void ensemblesAreAttackedAndRunsResumed() throws IOException {
    Path model = ensemble("attacked");
    Path out = folder.resolve("records");
    List<Object> attack =
        List.of(
            List.of("attack", "--attack", "apgd-ce", "--steps", 2, "--eps", "1/255", "--eot", 2),
            List.of(Tiny.DATA, "--model", model, "--key", keys, guarded, "--out", out));
    CommandRun.of(attack).assertDone();
    assertTrue(Files.exists(out.resolve("records.csv")));
    CommandRun.of(attack, "--resume").assertDone();
    Path other = ensemble("attacked-otherwise", "--ask", 2);
    List<Object> exchanged = new ArrayList<>(attack);
    exchanged.set(1, List.of(Tiny.DATA, "--model", other, "--key", keys, guarded, "--out", out));
    CommandRun.of(exchanged, "--resume").assertRefused("run to resume has ensemble");
  }

  @Test
  void everyAttackerTriesEnsembles() throws IOException {
    Path model = ensemble("under-threat");
    List<Object> threat =
        List.of(
            List.of("threat", Tiny.DATA, "--eps", "8/255", "--model", model, "--base", plain),
            List.of("--key", keys, guarded, "--queries", 5, "--label-queries", 20),
            List.of("--rows", "A,B,c-labels,d-wrong-keys,d-weight-match,d-column-likeness,F"));
    JsonNode answer = CommandRun.answer(folder, threat, "--out", folder.resolve("grid"));
    Set<String> run = new HashSet<>();
    for (JsonNode row : answer.get("rows")) {
      if (!row.has("not_run")) {
        run.add(row.get("row").asText());
        assertTrue(
            row.get("robust_accuracy").asDouble() <= answer.get("clean_accuracy").asDouble());
      }
    }
    assertEquals(
        Set.of(
            "a-transfer",
            "a-mimicry",
            "b-square",
            "c-labels",
            "d-wrong-keys",
            "d-weight-match",
            "d-column-likeness",
            "f-key-known"),
        run);
    Path reused = TWINS.getFirst();
    CommandRun.of(threat, "--reused", reused, "--out", folder.resolve("refused"))
        .assertRefused("--reused");
  }

  /** Adapters with a patch embedding, its normalisation's statistics and a head of their own. */
  private static Path proliferate() throws IOException {
    Path out = folder.resolve("proliferated");
    if (Files.notExists(out)) {
      CommandRun.of(
              List.of("proliferate", Tiny.DATA, Tiny.recipe(2), "--model", plain, guarded),
              List.of("--train", "patch-embed,head", "--lr", 0.03, "--count", 2, "--out", out),
              List.of("--transform", "shuffle", "--block", 4, "--pictures", 1, "--steps", 1))
          .assertDone();
    }
    return out;
  }

  @Test
  void adaptersOfOneModelAreEvaluatedAttackedAndUnderThreat() throws IOException {
    Path made = proliferate();
    List<Object> keyed = List.of("--key", made.resolve("keys"), guarded);
    Path first = made.resolve("model-0");
    Path alone = folder.resolve("alone");
    List<Object> words = List.of("ensemble", "--model", plain, "--members");
    CommandRun.of(words, first, "--out", alone).assertDone();
    assertEquals(said("--model", plain, "--adapter", first, keyed), said("--model", alone, keyed));
    Path both = folder.resolve("of-adapters");
    JsonNode answer =
        CommandRun.answer(folder, words, first + "," + made.resolve("model-1"), "--out", both);
    // all but 48 x 8 + 8 of the embedding, 8 x 10 + 10 of the head and 4 x 8 of its norm
    assertTrue(answer.get("shared").asDouble() > 0.15, answer.toString());
    CommandRun.of("evaluate", Tiny.DATA, "--model", both, keyed).assertDone();
    List<Object> attacked = List.of(Tiny.DATA, "--model", both, keyed, "--eps", "1/255");
    CommandRun.of(
            List.of("attack", "--attack", "pgd", "--steps", 2, attacked),
            List.of("--out", folder.resolve("of-adapters-attacked")))
        .assertDone();
    JsonNode grid =
        CommandRun.answer(
            folder,
            List.of("threat", attacked, "--base", plain, "--rows", "a-transfer,d-wrong-keys"),
            List.of("--out", folder.resolve("of-adapters-threatened")));
    int run = 0;
    for (JsonNode row : grid.get("rows")) {
      run += row.has("not_run") ? 0 : 1;
    }
    assertEquals(2, run, grid.toString());
  }

  /** Of an adapter the two files that make it up are enough. */
  @Test
  void keysOfAdaptersAndOfMembersAreChecked() throws IOException {
    Path made = proliferate();
    Path own = made.resolve("keys");
    Path bare = Files.createDirectories(folder.resolve("bare"));
    for (String file : List.of("adapter.json", "adapter.safetensors")) {
      Files.copy(made.resolve("model-1").resolve(file), bare.resolve(file));
    }
    String id = CommandRun.json(bare.resolve("adapter.json")).at("/model/key_id").asText();
    List<Object> check = List.of("key", "check", guarded, "--model");
    assertEquals(
        id,
        CommandRun.answer(folder, check, bare, own.resolve(id + ".p12")).get("key_id").asText());
    CommandRun.of("evaluate", Tiny.DATA, "--model", plain, "--adapter", bare, "--key", own, guarded)
        .assertDone();
    Path both = folder.resolve("checked");
    JsonNode ensemble =
        CommandRun.answer(
            folder,
            List.of("ensemble", "--model", plain, "--out", both),
            List.of("--members", made.resolve("model-0") + "," + bare));
    JsonNode all = CommandRun.answer(folder, check, both, own);
    assertEquals(ensemble.get("members"), all.get("members"));
    JsonNode one = CommandRun.answer(folder, check, both, own.resolve(id + ".p12"));
    assertEquals(1, one.get("member").asInt());
    Refusal.expect(folder, List.of(check, both, keys), "holds no key");
    String other =
        CommandRun.json(TWINS.getFirst().resolve("config.json")).at("/model/key_id").asText();
    Refusal.expect(
        folder, List.of(check, both, keys.resolve(other + ".p12")), "a member's key", id);
    Refusal.expect(
        folder, List.of(check, bare, keys.resolve(other + ".p12")), "expected key " + id);
  }

  @Test
  void adaptersNeedTheModelTheyWereMadeFrom() throws IOException {
    Path adapter = proliferate().resolve("model-0");
    Path twin = TWINS.getFirst();
    List<Object> words = List.of("ensemble", "--out", folder.resolve("refused"), "--members");
    Refusal.expect(folder, List.of(words, adapter), adapter, "an adapter", "--model");
    Refusal.expect(folder, List.of(words, adapter, "--model", twin), "made from weights of digest");
    Refusal.expect(folder, List.of(words, adapter, "--model", "resnet20"), "resnet20");
    Refusal.expect(folder, List.of(words, twin, "--model", plain), "no member is one");
    Path file = plain.resolve("model.safetensors");
    Refusal.expect(folder, List.of(words, twin, "--weights", file), "belongs to --model");
    Path mixed = folder.resolve("mixed");
    CommandRun.of("ensemble", "--members", twin + "," + adapter, "--model", plain, "--out", mixed)
        .assertDone();
    Refusal.expect(
        folder,
        List.of("evaluate", Tiny.DATA, "--model", mixed, "--key", keys, guarded),
        "holds no key");
  }

  @Test
  void whatDoesNotBelongTogetherIsRefused() throws IOException {
    Path model = ensemble("whole");
    List<Object> evaluate = List.of("evaluate", Tiny.DATA, "--model", model);
    Refusal.expect(folder, evaluate, "ensemble", "--key DIR");
    Refusal.expect(
        folder, List.of(evaluate, "--key", keys, guarded, "--wrong-keys", 2), "--wrong-keys");
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Refusal.expect(folder, List.of(evaluate, "--key", empty, guarded), "holds no key");
    List<Object> words = List.of("ensemble", "--out", folder.resolve("refused"), "--members");
    Refusal.expect(folder, List.of(words, TWINS.getFirst(), "--ask", 2), "--ask 2");
    Refusal.expect(folder, List.of(words, TWINS.getFirst(), "--vote", "loudest"), "loudest");
    Refusal.expect(folder, List.of(words, TWINS.getFirst() + "," + plain), "without a key");
  }
}
