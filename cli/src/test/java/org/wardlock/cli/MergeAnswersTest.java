package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.nn.model.RunConfig;

/** {@code merge}: shards become the run that they are parts of. */
class MergeAnswersTest {
  @TempDir private static Path folder;
  private static Path model;
  private static Path whole;
  private static List<Path> parts;
  private static JsonNode wholeAnswer;

  @BeforeAll
  static void attack() throws IOException {
    model = Tiny.train(folder.resolve("model"), 6, "--lr", 0.03);
    whole = folder.resolve("whole");
    wholeAnswer = CommandRun.answer(folder, words(whole, "2/255"));
    parts = new ArrayList<>();
    for (int part = 1; part <= 3; part++) {
      Path out = folder.resolve("part" + part);
      CommandRun.answer(folder, words(out, "2/255", "--shard", part + "/3"));
      parts.add(out);
    }
  }

  private static List<Object> words(Path out, String eps, Object... more) {
    return List.of(
        List.of("attack", "--model", model, "--out", out, "--eps", eps),
        List.of("--data", "shapes:16", "--split", "train", "--limit", 31),
        List.of("--attack", "fgsm,pgd", "--steps", 3, "--keep-images"),
        List.of(more));
  }

  private static ObjectNode withoutSeconds(JsonNode answer) {
    ObjectNode copy = answer.deepCopy();
    copy.get("attacks").forEach(line -> ((ObjectNode) line).remove("seconds"));
    return copy;
  }

  @Test
  void theWholeIsThatOfOneRun() throws IOException {
    Path merged = folder.resolve("merged");
    Path json = folder.resolve("merged.json");
    CommandRun run =
        CommandRun.of("merge", parts.reversed(), "--out", merged, "--json", json).assertDone();
    assertTrue(run.out().contains("31 pictures"), run.out());
    for (String file : List.of("records.csv", "adversarial.safetensors", "identity.txt")) {
      assertEquals(-1, Files.mismatch(whole.resolve(file), merged.resolve(file)), file);
    }
    assertEquals(withoutSeconds(wholeAnswer), withoutSeconds(CommandRun.json(json)));
    assertEquals(CommandRun.json(json), CommandRun.json(merged.resolve("attack.json")));
    RunConfig expected = RunConfig.read(whole);
    RunConfig found = RunConfig.read(merged);
    assertEquals(expected.data(), found.data());
    assertEquals(expected.options().keySet(), found.options().keySet());
    // and like it, it can be resumed, with nothing left to do
    byte[] records = Files.readAllBytes(merged.resolve("records.csv"));
    CommandRun resumed = CommandRun.of(words(merged, "2/255"), "--resume").assertDone();
    assertTrue(resumed.out().contains("31 pictures, all of them done before"), resumed.out());
    assertEquals(new String(records), Files.readString(merged.resolve("records.csv")));
  }

  @Test
  void shardsThatDoNotMakeAWholeAreRefused() throws IOException {
    Path out = folder.resolve("refused");
    refuse(out, List.of(parts.get(0), parts.get(2)), "part1: a shard of 3", "2/3 is missing");
    refuse(out, List.of(parts.get(0), parts.get(0)), "part1: shard 1/3", "overlap");
    refuse(out, List.of(parts.get(0), whole), "whole: no shard", "--shard was not given");
    refuse(out, List.of(model), "model: no records.csv", "attack");
    refuse(out, List.of(folder.resolve("nowhere")), "nowhere: no records.csv");
    refuse(out, List.of(), "DIR");
    Path foreign = folder.resolve("foreign");
    CommandRun.of(words(foreign, "3/255", "--shard", "2/3")).assertDone();
    refuse(
        out,
        List.of(parts.get(0), foreign, parts.get(2)),
        "foreign: another run's shard",
        "linf 3/255",
        "linf 2/255 in " + parts.get(0));
    assertFalse(Files.exists(out));
    Refusal.expect(folder, List.of("merge", parts, "--out", whole), whole, "not empty");
  }

  @Test
  void aShardOfAnotherDeviceIsRefused() throws IOException {
    Path other = Files.createDirectory(folder.resolve("other device"));
    for (String file : List.of("records.csv", "identity.txt", "progress.csv", "attack.json")) {
      Files.copy(parts.get(2).resolve(file), other.resolve(file));
    }
    String config = Files.readString(parts.get(2).resolve("config.json"));
    Files.writeString(
        other.resolve("config.json"),
        config.replaceFirst("\"device\" : \"cpu\"", "\"device\" : \"cuda:0\""));
    refuse(
        folder.resolve("refused"),
        List.of(parts.get(0), parts.get(1), other),
        "computed on cuda:0",
        "on cpu");
    Files.delete(other.resolve("attack.json"));
    refuse(folder.resolve("refused"), List.of(parts.get(0), parts.get(1), other), "other device");
  }

  private static void refuse(Path out, List<Path> shards, Object... named) throws IOException {
    Refusal.expect(folder, List.of("merge", shards, "--out", out), named);
  }
}
