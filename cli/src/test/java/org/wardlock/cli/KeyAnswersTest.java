package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What {@code keygen} and {@code key} say of a key. */
class KeyAnswersTest {
  @TempDir private Path folder;
  private Path password;

  @BeforeEach
  void writePassword() throws IOException {
    password = Files.writeString(folder.resolve("password"), Tiny.PASSWORD + "\n");
  }

  private JsonNode keygen(Path file, Object... more) throws IOException {
    return CommandRun.answer(
        folder, List.of("keygen", "--out", file, "--password-file", password), List.of(more));
  }

  private JsonNode show(Path file) throws IOException {
    return CommandRun.answer(folder, "key", "show", file, "--password-file", password);
  }

  @Test
  void keygenSaysWhatItMade() throws IOException {
    JsonNode made = keygen(folder.resolve("key"), "--transform", "shuffle+negate", "--block", 4);
    assertTrue(made.get("key_id").asText().matches("[0-9a-f]{16}-[0-9a-f]{32}"));
    assertEquals("shuffle+negate", made.get("transform").asText());
    assertTrue(made.get("block").isInt());
    assertEquals(4, made.get("block").asInt());
    assertEquals("hwc", made.get("flatten").asText());
    assertEquals("secure", made.get("derivation").asText());
  }

  @Test
  void showReadsWhatKeygenMade() throws IOException {
    Path file = folder.resolve("key");
    JsonNode made = keygen(file, "--transform", "ffx", "--block", 2, "--flatten", "chw");
    assertEquals("chw", made.get("flatten").asText());
    JsonNode shown = show(file);
    made.properties().forEach(field -> assertEquals(field.getValue(), shown.get(field.getKey())));
  }

  @Test
  void showCountsTheBitsOfAKey() throws IOException {
    Path alike = folder.resolve("alike");
    keygen(alike, "--transform", "shuffle", "--block", 4);
    assertEquals(202.95, show(alike).get("table_bits").asDouble(), 0.01);
    assertEquals(256, show(alike).get("secret_bits").asInt());
    Path each = folder.resolve("each");
    keygen(each, "--transform", "scramble+rotate+channels+negate-block", "--block", 8);
    assertTrue(show(each).get("table_bits").isNull());
    JsonNode sized =
        CommandRun.answer(
            folder, List.of("key", "show", each, "--password-file", password, "--image-size", 16));
    // 24 orders of four blocks; for each four turns, six orders of channels, negative or not
    assertEquals(4.585 + 4 * (2 + 2.585 + 1), sized.get("table_bits").asDouble(), 0.01);
    CommandRun.of("key", "show", each, "--password-file", password, "--image-size", 12)
        .assertRefused("block size 8", "12");
  }

  @Test
  void aSeedMakesTheWholeChainOfAPaper() throws IOException {
    Path file = folder.resolve("etc");
    String chain = "scramble+rotate+flip+negate-block+channels";
    keygen(
        file,
        List.of("--transform", chain, "--block", 16),
        List.of("--published-seed", 42, "--published-rule", "2204.07707"));
    JsonNode shown =
        CommandRun.answer(
            folder, "key", "show", file, "--password-file", password, "--image-size", 224);
    assertEquals(chain, shown.get("transform").asText());
    assertEquals("chw", shown.get("flatten").asText());
    assertEquals("published:2204.07707", shown.get("derivation").asText());
    assertEquals(32, shown.get("secret_bits").asInt());
    List<Object> alone = List.of("--transform", "rotate", "--block", 16, "--published-seed", 42);
    CommandRun refused = CommandRun.of("keygen", alone, "--out", folder.resolve("no"));
    refused.assertRefused("expected derivation secure");
    assertFalse(refused.err().contains("2204.07707"), "which draws no such key either");
  }

  @Test
  void everyKeyHasAnIdOfItsOwn() throws IOException {
    JsonNode first = keygen(folder.resolve("first"), "--transform", "negate", "--block", 4);
    JsonNode second = keygen(folder.resolve("second"), "--transform", "negate", "--block", 4);
    assertNotEquals(first.get("key_id"), second.get("key_id"));
  }

  @Test
  void publishedKeysAreCalledInsecure() throws IOException {
    Path file = folder.resolve("published");
    JsonNode made = keygen(file, "--transform", "shuffle", "--block", 4, "--published-seed", 42);
    assertEquals("published:2010.00801", made.get("derivation").asText());
    CommandRun shown = CommandRun.of("key", "show", file, "--password-file", password);
    assertTrue(shown.assertDone().out().contains("INSECURE"), shown.out());
  }

  @Test
  void checkAcceptsTheKeyOfTheModelAlone() throws IOException {
    Path right = Tiny.key(folder.resolve("right"), "shuffle", 4);
    Path wrong = Tiny.key(folder.resolve("wrong"), "shuffle", 4);
    Path model = Tiny.train(folder.resolve("model"), 1, Tiny.with(right));
    JsonNode checked =
        CommandRun.answer(
            folder,
            List.of("key", "check", right, "--model", model),
            List.of("--password-file", password));
    assertEquals(show(right).get("key_id"), checked.get("key_id"));
    CommandRun.of("key", "check", wrong, "--model", model, "--password-file", password)
        .assertRefused(checked.get("key_id").asText(), show(wrong).get("key_id").asText());
  }
}
