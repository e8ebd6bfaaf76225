package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.nn.files.Checksums;
import org.wardlock.nn.model.Adapter;
import org.wardlock.nn.model.ModelFolder;
import org.wardlock.nn.weights.Safetensors;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.Scope;
import org.wardlock.tensor.Tensor;

/** {@code threat} opens the weights that a service computes with, however they are stored. */
class ThreatenedWeightsTest {
  private static final String NAME = "convmixer-8-1-k3-p4";
  private static final List<String> EMBEDDING = List.of("stem.0.weight", "stem.0.bias");

  @TempDir private static Path folder;
  private static Path plain;
  private static Path key;
  private static Path twin;
  private static String expected;

  @BeforeAll
  static void prepare() throws IOException {
    plain = Tiny.train(folder.resolve("plain"), 4, "--lr", 0.03);
    key = Tiny.key(folder.resolve("key"), "shuffle", 4);
    twin = folder.resolve("twin");
    CommandRun.of("encrypt-model", "--model", plain, "--out", twin, Tiny.with(key)).assertDone();
    expected = matched("of-twin", plain, "--model", twin, Tiny.with(key));
  }

  /** What the attacker who reads the key off beside a base does to each picture. */
  private static String matched(String name, Object base, Object... model) throws IOException {
    Path out = folder.resolve(name);
    JsonNode answer =
        CommandRun.answer(
            folder,
            List.of(
                "threat",
                "--data",
                "shapes:16",
                "--limit",
                20,
                "--pool-limit",
                30,
                "--eps",
                "8/255"),
            List.of("--rows", "d-weight-match", "--base", base, "--out", out),
            List.of(model));
    for (JsonNode row : answer.get("rows")) {
      boolean asked = row.get("row").asText().equals("d-weight-match");
      assertFalse(asked && row.has("not_run"), row.toString());
    }
    return Files.readString(out.resolve("rows/d-weight-match/records.csv"));
  }

  /** Its embedding is the twin's; the base that it changes is the public one. */
  @Test
  void ofAnAdapterWhatItMakesOfTheBase() throws IOException {
    Path adapter = Files.createDirectories(folder.resolve("adapter"));
    ModelFolder stored = ModelFolder.open(twin);
    Path base = plain.resolve(ModelFolder.WEIGHTS);
    try (Scope _ = Scope.open("adapter");
        Safetensors weights = Safetensors.open(twin.resolve(ModelFolder.WEIGHTS))) {
      Map<String, Tensor> changed = new LinkedHashMap<>();
      for (String name : EMBEDDING) {
        changed.put(name, weights.tensor(name, Device.CPU));
      }
      new Adapter(adapter, Checksums.of(base), stored.config(), Optional.empty()).write(changed);
    }
    assertEquals(
        expected,
        matched("of-adapter", plain, "--model", plain, "--adapter", adapter, Tiny.with(key)));
  }

  @Test
  void ofAnEnsembleTheFirstMembers() throws IOException {
    Path keys = Files.createDirectories(folder.resolve("keys"));
    Path password = Files.writeString(folder.resolve("password"), Tiny.PASSWORD + "\n");
    Files.copy(key, keys.resolve(keyId() + ".p12"));
    Path alone = folder.resolve("ensemble");
    CommandRun.of("ensemble", "--members", twin, "--out", alone).assertDone();
    assertEquals(
        expected,
        matched(
            "of-ensemble", plain, "--model", alone, "--key", keys, "--password-file", password));
  }

  private static String keyId() throws IOException {
    return CommandRun.json(twin.resolve("config.json")).at("/model/key_id").asText();
  }

  /** The public file has a name and half precision, and says nothing of its pictures' size. */
  @Test
  void besideABaseThatIsANameAndAFile() throws IOException {
    Path half =
        ForeignWeights.half(plain.resolve(ModelFolder.WEIGHTS), folder.resolve("half.safetensors"));
    assertEquals(
        expected, matched("beside-file", NAME + ":" + half, "--model", twin, Tiny.with(key)));
    List<Object> words =
        List.of("threat", Tiny.DATA, "--model", twin, Tiny.with(key), "--eps", "8/255", "--out");
    Path out = folder.resolve("refused");
    Refusal.expect(folder, List.of(words, out, "--base", "none"), "--base none: no such folder");
    Path keyed = twin.resolve(ModelFolder.WEIGHTS);
    Refusal.expect(
        folder, List.of(words, out, "--base", NAME + ":" + keyed), "--base", "a plain model");
  }
}
