package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.nn.weights.Safetensors;

/** What {@code encrypt-model} makes of a model, and what it refuses. */
class EncryptModelTest {
  private static final List<Object> STATISTICS =
      List.of("--mean", "0.485,0.456,0.406", "--std", "0.229,0.224,0.225");

  @TempDir private static Path folder;
  private static Path plain;
  private static Path key;
  private static Path otherKey;

  @BeforeAll
  static void prepare() throws IOException {
    plain = Tiny.train(folder.resolve("plain"), 4, "--lr", 0.03, STATISTICS);
    key = Tiny.key(folder.resolve("key"), "shuffle+negate", 4);
    otherKey = Tiny.key(folder.resolve("other"), "shuffle", 2);
  }

  private static JsonNode encrypt(Path model, Path with, Path out, Object... more)
      throws IOException {
    return CommandRun.answer(
        folder,
        List.of("encrypt-model", "--model", model, "--out", out),
        Tiny.with(with),
        List.of(more));
  }

  private static List<String> predictions(Object... words) throws IOException {
    Path csv = Files.createTempDirectory(folder, "predictions").resolve("csv");
    CommandRun.of("evaluate", Tiny.DATA, List.of(words), "--predictions", csv).assertDone();
    // the last column is the largest logit itself, which rounds otherwise
    return Files.readAllLines(csv).stream().map(row -> row.replaceAll(",[^,]*$", "")).toList();
  }

  @Test
  void theTwinIsACompleteModelThatSaysTheSameOfEveryPicture() throws IOException {
    Path twin = folder.resolve("twin");
    JsonNode answer = encrypt(plain, key, twin);
    assertTrue(answer.get("max_logit_difference").asDouble() <= 1e-4, answer.toString());
    assertTrue(answer.get("pictures").asInt() > 0);
    JsonNode shown =
        CommandRun.answer(folder, "key", "show", key, "--password-file", Tiny.passwordFile(key));
    assertEquals(shown.get("key_id"), answer.get("key_id"));
    assertEquals(
        shown.get("key_id"), CommandRun.json(twin.resolve("config.json")).at("/model/key_id"));
    List<String> expected = predictions("--model", plain);
    assertEquals(61, expected.size());
    assertEquals(expected, predictions("--model", twin, Tiny.with(key)));
    CommandRun.of("key", "check", key, "--model", twin, "--password-file", Tiny.passwordFile(key))
        .assertDone();
    Refusal.expect(
        folder,
        List.of("evaluate", Tiny.DATA, "--model", twin, Tiny.with(otherKey)),
        "expected key");
  }

  @Test
  void aTwinIsEncryptedAfreshToTheSameBits() throws IOException {
    Path twin = folder.resolve("before");
    encrypt(plain, key, twin);
    Path rotated = folder.resolve("rotated");
    JsonNode answer = encrypt(twin, otherKey, rotated, "--from", key);
    assertTrue(answer.get("max_logit_difference").asDouble() <= 1e-4, answer.toString());
    Path afresh = folder.resolve("afresh");
    encrypt(plain, otherKey, afresh);
    assertArrayEquals(
        Files.readAllBytes(afresh.resolve("model.safetensors")),
        Files.readAllBytes(rotated.resolve("model.safetensors")));
    CommandRun.of(
            List.of("key", "check", otherKey, "--model", rotated),
            List.of("--password-file", Tiny.passwordFile(otherKey)))
        .assertDone();
  }

  /** Its channels are normalised as they stand behind the key, each by what lands in it. */
  @Test
  void aModelTrainedBehindItsKeyGetsAnother() throws IOException {
    Path trained =
        Tiny.train(folder.resolve("trained"), 4, "--lr", 0.03, STATISTICS, Tiny.with(key));
    Path rotated = folder.resolve("trained-rotated");
    JsonNode answer = encrypt(trained, otherKey, rotated, "--from", key);
    assertTrue(answer.get("max_logit_difference").asDouble() <= 1e-4, answer.toString());
    assertEquals(
        predictions("--model", trained, Tiny.with(key)),
        predictions("--model", rotated, Tiny.with(otherKey)));
  }

  @Test
  void anAdapterGetsAnotherKeyAndStaysAnAdapter() throws IOException {
    Path adapter = folder.resolve("adapter");
    Path weights = plain.resolve("model.safetensors");
    Tiny.train(
        adapter,
        2,
        List.of(STATISTICS, "--weights", weights, "--train", "patch-embed,head"),
        Tiny.with(key));
    Path rotated = folder.resolve("adapter-rotated");
    JsonNode answer = encrypt(plain, otherKey, rotated, "--adapter", adapter, "--from", key);
    assertTrue(answer.get("max_logit_difference").asDouble() <= 1e-4, answer.toString());
    assertEquals(
        predictions("--model", plain, "--adapter", adapter, Tiny.with(key)),
        predictions("--model", plain, "--adapter", rotated, Tiny.with(otherKey)));
    assertFalse(Files.exists(rotated.resolve("model.safetensors")));
    assertEquals(tensors(adapter), tensors(rotated));
    List<Object> again = List.of("encrypt-model", "--model", plain, "--adapter", adapter);
    Refusal.expect(
        folder,
        List.of(again, Tiny.with(otherKey), "--out", folder.resolve("refused")),
        "already",
        "--from");
  }

  private static Set<String> tensors(Path adapter) throws IOException {
    try (Safetensors stored = Safetensors.open(adapter.resolve("adapter.safetensors"))) {
      return Set.copyOf(stored.names());
    }
  }

  /** Neither the embedding nor the places of patches are in the adapter that is given. */
  @ParameterizedTest
  @ValueSource(strings = {"vit-8-1-h2-p8", "vit-8-1-h2-p8-distilled"})
  void aLowRankAdapterGetsAKeyThatMovesPatches(String name) throws IOException {
    List<Object> network = List.of("--model", name, "--image-size", 16, STATISTICS);
    Path base = folder.resolve(name);
    List<Object> train = List.of("train", Tiny.DATA, network, Tiny.recipe(1));
    CommandRun.of(train, "--out", base).assertDone();
    Path adapter = folder.resolve(name + "-low-rank");
    CommandRun.of(
            List.of(train, "--weights", base.resolve("model.safetensors"), "--out", adapter),
            List.of("--lora-rank", 2, "--train", "head"))
        .assertDone();
    Path moving = Tiny.key(folder.resolve(name + "-moving"), "shuffle+scramble", 8);
    Path made = folder.resolve(name + "-low-rank-keyed");
    JsonNode answer = encrypt(base, moving, made, "--adapter", adapter);
    assertTrue(answer.get("max_logit_difference").asDouble() <= 1e-4, answer.toString());
    Path other = Tiny.key(folder.resolve(name + "-resting"), "negate", 4);
    Path again = folder.resolve(name + "-low-rank-again");
    answer = encrypt(base, other, again, "--adapter", made, "--from", moving);
    assertTrue(answer.get("max_logit_difference").asDouble() <= 1e-4, answer.toString());
    assertEquals(
        predictions("--model", base, "--adapter", adapter),
        predictions("--model", base, "--adapter", again, Tiny.with(other)));
  }

  @Test
  void passwordsOfBothKeysMayDiffer() throws IOException {
    Path twin = folder.resolve("guarded");
    encrypt(plain, key, twin);
    Path password = Files.writeString(folder.resolve("another.password"), "another one\n");
    Path guarded = folder.resolve("guarded.key");
    CommandRun.of(
            List.of("keygen", "--transform", "negate", "--block", 4, "--out", guarded),
            List.of("--password-file", password))
        .assertDone();
    CommandRun.of(
            List.of("encrypt-model", "--model", twin, "--from", key, "--key", guarded),
            List.of("--password-file", password, "--out", folder.resolve("guarded-after")),
            List.of("--from-password-file", Tiny.passwordFile(key)))
        .assertDone();
  }

  @Test
  void modelsByNameAreTakenWithTheirWeights() throws IOException {
    JsonNode answer =
        CommandRun.answer(
            folder,
            List.of("encrypt-model", Tiny.NETWORK, STATISTICS),
            List.of("--weights", plain.resolve("model.safetensors")),
            List.of("--out", folder.resolve("named"), Tiny.with(key)));
    assertTrue(answer.get("max_logit_difference").asDouble() <= 1e-4, answer.toString());
    assertEquals(
        List.of("0.5", "0.5", "0.5"),
        Stream.of(0, 1, 2)
            .map(
                channel -> {
                  try {
                    return CommandRun.json(folder.resolve("named/config.json"))
                        .at("/model/mean/" + channel)
                        .asText();
                  } catch (IOException e) {
                    return e.getMessage();
                  }
                })
            .toList());
  }

  /** The name implies another mean than the twin was made for. */
  @Test
  void aTwinsWeightsAreTheSameAwayFromTheirFolder() throws IOException {
    Path given =
        Tiny.train(
            folder.resolve("given"), 2, "--lr", 0.03, "--mean", "0.4,0.3,0.2", "--std", "1,1,1");
    Path twin = folder.resolve("taken-apart");
    encrypt(given, key, twin);
    Path away = Files.copy(twin.resolve("model.safetensors"), folder.resolve("away.safetensors"));
    List<Object> named = List.of(Tiny.NETWORK, "--weights", away, Tiny.with(key));
    assertEquals(predictions("--model", given), predictions(named));
    Path plainAway =
        Files.copy(given.resolve("model.safetensors"), folder.resolve("plain-away.safetensors"));
    assertEquals(predictions("--model", given), predictions(Tiny.NETWORK, "--weights", plainAway));
    Refusal.expect(
        folder,
        List.of("evaluate", Tiny.DATA, named, STATISTICS),
        "--mean",
        "leave them out",
        "[0.5, 0.5, 0.5]");
    Path tuned = folder.resolve("tuned");
    CommandRun.of(
            List.of("train", Tiny.DATA, Tiny.NETWORK, Tiny.recipe(1), "--weights", plainAway),
            List.of("--train", "head", "--out", tuned))
        .assertDone();
    assertEquals(0.4, CommandRun.json(tuned.resolve("config.json")).at("/model/mean/0").asDouble());
  }

  @Test
  void whatCannotBeExactOrIsKeyedAlreadyIsRefused() throws IOException {
    Path out = folder.resolve("refused");
    List<Object> encrypt = List.of("encrypt-model", "--model", plain, "--out", out);
    Path wide = Tiny.key(folder.resolve("wide"), "shuffle", 8);
    Refusal.expect(folder, List.of(encrypt, Tiny.with(wide)), "8 x 8", "divides the patch");
    Path table = Tiny.key(folder.resolve("table"), "ffx", 4);
    Refusal.expect(folder, List.of(encrypt, Tiny.with(table)), "ffx", "no linear map");
    Refusal.expect(
        folder,
        List.of(encrypt, Tiny.with(otherKey), "--from", key),
        "found a key",
        "expected none");
    Refusal.expect(
        folder,
        List.of(encrypt, Tiny.with(key), "--from-password-file", Tiny.passwordFile(key)),
        "--from");
    Path twin = folder.resolve("twin-already");
    encrypt(plain, key, twin);
    List<Object> again = List.of("encrypt-model", "--model", twin, "--out", out);
    Refusal.expect(folder, List.of(again, Tiny.with(otherKey)), "already", "--from");
    Refusal.expect(folder, List.of(again, Tiny.with(otherKey), "--from", otherKey), "expected key");
    Refusal.expect(
        folder,
        List.of("encrypt-model", "--model", plain, "--out", twin, Tiny.with(key)),
        "not empty");
    assertFalse(Files.exists(out));
  }

  @Test
  void noSecretIsWritten() throws IOException {
    Path twin = folder.resolve("looked-into");
    CommandRun run =
        CommandRun.of("encrypt-model", "--model", plain, "--out", twin, Tiny.with(key), "--debug");
    assertFalse((run.out() + run.err()).contains(Tiny.PASSWORD));
    byte[] secret = RefusedKeyTest.secret(key);
    String written = new String(secret, StandardCharsets.ISO_8859_1);
    try (Stream<Path> files = Files.walk(twin)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertFalse(bytes.contains(written) || bytes.contains(Tiny.PASSWORD), file.toString());
      }
    }
  }
}
