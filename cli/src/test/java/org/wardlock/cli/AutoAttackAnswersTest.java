package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code attack} with AutoAttack's attacks, one by one and as a suite. */
class AutoAttackAnswersTest {
  @TempDir private static Path folder;
  private static Path model;

  @BeforeAll
  static void train() {
    model = Tiny.train(folder.resolve("model"), 6, "--lr", 0.03);
  }

  private static List<Object> words(Path out, Object... more) {
    return List.of(
        List.of("attack", "--model", model, "--out", out),
        List.of("--data", "shapes:16", "--split", "train"),
        List.of(more));
  }

  private static List<String> names(JsonNode answer) {
    return answer.get("attacks").findValuesAsText("name");
  }

  @Test
  void aSuiteIsItsAttacksInOrder() throws IOException {
    // so large a radius that nothing comes down to the long attacks
    JsonNode answer =
        CommandRun.answer(
            folder,
            words(folder.resolve("suite"), "--limit", 20, "--eps", "1/2", "--version", "standard"));
    assertEquals(List.of("apgd-ce", "apgd-t", "fab-t", "square"), names(answer));
    assertEquals(0, answer.get("robust_accuracy").asDouble());
  }

  @Test
  void attacksOfTheSuiteAreThereByName() throws IOException {
    Path out = folder.resolve("names");
    JsonNode answer =
        CommandRun.answer(
            folder,
            words(
                out,
                List.of("--limit", 30, "--eps", "2/255"),
                List.of("--attack", "apgd-ce,apgd-dlr,apgd-margin,apgd-t,fab,fab-t,square"),
                List.of("--steps", 4, "--queries", 10, "--mode", "compat")));
    assertEquals(
        List.of("apgd-ce", "apgd-dlr", "apgd-margin", "apgd-t", "fab", "fab-t", "square"),
        names(answer));
    double before = answer.get("clean_accuracy").asDouble();
    for (JsonNode line : answer.get("attacks")) {
      assertTrue(line.get("robust_after").asDouble() <= before);
      before = line.get("robust_after").asDouble();
    }
    String identity = Files.readString(out.resolve("identity.txt"));
    assertTrue(identity.contains("attack square=Square[queries"), identity);
    assertTrue(identity.contains("mode=compat"), identity);
  }

  @Test
  void shardsTogetherAreTheWhole() throws IOException {
    List<Object> same =
        List.of("--limit", 31, "--eps", "2/255", "--attack", "apgd-ce", "--steps", 5);
    Path whole = folder.resolve("whole");
    CommandRun.answer(folder, words(whole, same));
    List<String> lines = new ArrayList<>();
    for (int part = 1; part <= 3; part++) {
      Path out = folder.resolve("part" + part);
      CommandRun.answer(folder, words(out, same, "--shard", part + "/3", "--batch", 4));
      List<String> records = Files.readAllLines(out.resolve("records.csv"));
      lines.addAll(part == 1 ? records : records.subList(1, records.size()));
    }
    assertEquals(Files.readAllLines(whole.resolve("records.csv")), lines);
    Path out = folder.resolve("no part");
    for (String wrong : List.of("0/3", "4/3", "1", "a/b", "1/0")) {
      refuse(out, List.of("--attack", "fgsm", "--shard", wrong), "--shard " + wrong, "i/n");
    }
    refuse(
        out,
        List.of("--attack", "fgsm", "--limit", 31, "--shard", "1/40"),
        "--shard 1/40",
        "31 pictures");
  }

  @Test
  void whatDoesNotGoTogetherIsRefused() throws IOException {
    Path out = folder.resolve("out");
    refuse(out, List.of(), "--attack or --version");
    refuse(out, List.of("--attack", "pgd", "--version", "standard"), "--attack or --version");
    refuse(out, List.of("--version", "best"), "best", "standard, plus, rand");
    refuse(out, List.of("--version", "plus", "--steps", 3), "--steps 3", "--version plus");
    refuse(out, List.of("--version", "standard", "--targeted"), "--targeted", "its own targets");
    refuse(out, List.of("--attack", "apgd-t", "--targeted"), "--targeted", "their own targets");
    refuse(out, List.of("--attack", "fgsm", "--steps", 3), "--steps 3", "no use to --attack fgsm");
    refuse(out, List.of("--attack", "apgd-ce", "--step-size", "1/255"), "--step-size 1/255");
    refuse(out, List.of("--attack", "pgd", "--queries", 3), "--queries 3", "no use");
    refuse(out, List.of("--attack", "fgsm", "--restarts", 3), "--restarts 3", "no use");
    refuse(out, List.of("--attack", "pgd", "--mode", "compat"), "--mode compat", "no use");
    refuse(out, List.of("--attack", "square", "--mode", "fast"), "fast", "strict, compat");
    refuse(out, List.of("--attack", "square", "--queries", -1), "-1 queries");
    refuse(out, List.of("--attack", "apgd-ce", "--steps", 0), "0 iterations");
  }

  private static void refuse(Path out, List<Object> options, Object... named) throws IOException {
    Refusal.expect(folder, words(out, "--eps", "1/255", options), named);
  }
}
