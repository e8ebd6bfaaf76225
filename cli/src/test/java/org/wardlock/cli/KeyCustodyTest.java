package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.defense.KeyId;
import org.wardlock.defense.Revocations;

/** Folders of keys, revoked keys, and the line that is left whenever a key is opened. */
class KeyCustodyTest {
  @TempDir private static Path folder;
  private static Path keys;
  private static Path password;
  private static String first;
  private static Path firstFile;
  private static Path model;

  @BeforeAll
  static void prepare() throws IOException {
    keys = Files.createDirectories(folder.resolve("keys"));
    password = Files.writeString(folder.resolve("password"), Tiny.PASSWORD + "\n");
    first = keygen();
    firstFile = keys.resolve(first + ".p12");
    keygen();
    model = Tiny.train(folder.resolve("model"), 1, "--key", firstFile, guarded());
  }

  private static List<Object> guarded() {
    return List.of("--password-file", password);
  }

  private static String keygen() throws IOException {
    List<Object> words =
        List.of("keygen", "--transform", "shuffle", "--block", 4, "--out", keys, guarded());
    return CommandRun.answer(folder, words).get("key_id").asText();
  }

  private static List<Object> evaluate(Object... more) {
    return List.of("evaluate", Tiny.DATA, "--model", model, guarded(), List.of(more));
  }

  @Test
  void theKeyOfAModelIsFoundInAFolderByItsId() throws IOException {
    assertTrue(Files.isRegularFile(firstFile));
    JsonNode byFolder = CommandRun.answer(folder, evaluate("--key", keys));
    JsonNode byFile = CommandRun.answer(folder, evaluate("--key", firstFile));
    assertEquals(byFile.get("loss"), byFolder.get("loss"));
    assertEquals(
        first,
        CommandRun.answer(folder, "key", "check", keys, "--model", model, guarded())
            .get("key_id")
            .asText());
    Path twin = folder.resolve("twin");
    Path plain = Tiny.train(folder.resolve("plain"), 1);
    CommandRun.of("encrypt-model", "--model", plain, "--key", firstFile, guarded(), "--out", twin)
        .assertDone();
    String next = keygen();
    CommandRun.of(
            List.of("encrypt-model", "--model", twin, "--from", keys, guarded()),
            List.of("--key", keys.resolve(next + ".p12"), "--out", folder.resolve("rotated")))
        .assertDone();
  }

  @Test
  void aFolderWithoutTheKeyOrForAPlainModelIsRefused() throws IOException {
    Path empty = Files.createDirectories(folder.resolve("empty"));
    Refusal.expect(folder, evaluate("--key", empty), first, "no key");
    Path plain = Tiny.train(folder.resolve("keyless"), 1);
    Refusal.expect(
        folder,
        List.of("evaluate", Tiny.DATA, "--model", plain, "--key", keys, guarded()),
        "is a folder",
        "key file");
  }

  @Test
  void revokedKeysAreRefusedInOneLine() throws IOException {
    Path list = folder.resolve("revoked");
    String lost = keygen();
    CommandRun.of("evaluate", Tiny.DATA, Tiny.NETWORK).assertRefused("--weights");
    CommandRun.answer(folder, "key", "revoke", lost, "--list", list, "--reason", "lost in June");
    JsonNode second = CommandRun.answer(folder, "key", "revoke", first, "--list", list);
    assertEquals(2, second.get("revoked").asInt());
    Refusal.expect(folder, evaluate("--key", keys, "--revoked", list), first, "revoked");
    Path lostFile = keys.resolve(lost + ".p12");
    List<Object> show = List.of("key", "show", lostFile, guarded(), "--revoked", list);
    Refusal.expect(folder, show, lost, "lost in June");
    List<Object> check = List.of("key", "check", keys, "--model", model, guarded());
    Refusal.expect(folder, List.of(check, "--revoked", list), "revoked");
    CommandRun.of(check).assertDone();
    JsonNode listed = CommandRun.answer(folder, "key", "list", keys, "--revoked", list);
    assertTrue(listed.get("keys").size() >= 3);
    for (JsonNode key : listed.get("keys")) {
      String id = key.get("key_id").asText();
      assertEquals(id.equals(first) || id.equals(lost), key.get("revoked").asBoolean());
    }
    Files.writeString(list, "no id\n");
    Refusal.expect(folder, evaluate("--key", keys, "--revoked", list), "line 1", "key id 'no");
    Path gone = folder.resolve("gone");
    Refusal.expect(folder, evaluate("--key", keys, "--revoked", gone), "gone", "no such file");
    Refusal.expect(folder, List.of("key", "revoke", "x", "--list", gone), "key id 'x-'");
  }

  @Test
  void everyOpeningLeavesALineWithoutSecrets() throws IOException {
    Path audit = folder.resolve("audit");
    CommandRun.of(evaluate("--key", keys, "--audit", audit)).assertDone();
    Path wrong = Files.writeString(folder.resolve("wrong.password"), "wrong horse\n");
    CommandRun.of("key", "show", firstFile, "--password-file", wrong, "--audit", audit)
        .assertRefused("password");
    List<String> lines = Files.readAllLines(audit);
    assertEquals(2, lines.size());
    assertTrue(lines.get(0).contains("key=" + first), lines.get(0));
    assertTrue(lines.get(0).contains("outcome=\"opened\""), lines.get(0));
    assertTrue(lines.get(0).matches("\\d{4}-\\d\\d-\\d\\dT[0-9:.]+Z user=\".+\" process=\\d+ .*"));
    assertTrue(lines.get(1).contains("refused"), lines.get(1));
    String written = Files.readString(audit, StandardCharsets.ISO_8859_1);
    String secret = new String(RefusedKeyTest.secret(firstFile), StandardCharsets.ISO_8859_1);
    for (String hidden : List.of(Tiny.PASSWORD, "wrong horse", secret)) {
      assertFalse(written.contains(hidden));
    }
    CommandRun.of(evaluate("--key", keys, "--audit", folder.resolve("nowhere/audit")))
        .assertComplaint("no key is opened");
  }

  @Test
  void refusalsBeforeAFileIsOpenedLeaveALineToo() throws IOException {
    Path audit = folder.resolve("audit-of-refusals");
    Path empty = Files.createDirectories(folder.resolve("none"));
    CommandRun.of(evaluate("--key", empty, "--audit", audit)).assertRefused("holds no key");
    List<Object> unreadable = List.of("--revoked", folder.resolve("no-list"), "--audit", audit);
    CommandRun.of(evaluate("--key", firstFile), unreadable).assertRefused("no such file");
    List<String> lines = Files.readAllLines(audit);
    assertEquals(2, lines.size());
    for (String line : lines) {
      assertTrue(line.contains("key=" + first), line);
      assertTrue(line.contains("outcome=\"refused: "), line);
    }
    assertTrue(lines.get(0).contains(empty.resolve(first + ".p12").toString()), lines.get(0));
  }

  /** The old key's being revoked is why; the new one must not be. */
  @Test
  void aModelIsTakenAwayFromARevokedKey() throws IOException {
    Path list = folder.resolve("revoked-old");
    Path audit = folder.resolve("audit-of-rotation");
    String next = keygen();
    String bad = keygen();
    for (String id : List.of(first, bad)) {
      CommandRun.answer(folder, "key", "revoke", id, "--list", list, "--reason", "stolen");
    }
    List<Object> words =
        List.of(
            List.of("encrypt-model", "--model", model, "--from", keys, guarded()),
            List.of("--revoked", list, "--audit", audit, "--out", folder.resolve("replaced")));
    CommandRun.of(words, "--key", keys.resolve(bad + ".p12")).assertRefused(bad, "revoked");
    CommandRun.of(words, "--key", firstFile).assertRefused(first, "revoked");
    CommandRun.of(words, "--key", keys.resolve(next + ".p12")).assertDone();
    List<String> lines = Files.readAllLines(audit);
    assertEquals(4, lines.size());
    String old = lines.getLast();
    assertTrue(old.contains("key=" + first), old);
    assertTrue(old.contains("opened to be replaced") && old.contains("stolen"), old);
  }

  /** Another process is in the middle of its change of the list. */
  @Test
  void whoRevokesWaitsForOtherProcesses() throws IOException, InterruptedException {
    Path list = folder.resolve("contended");
    Path said = folder.resolve("said");
    try (FileChannel channel =
            FileChannel.open(
                folder.resolve(".contended.lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock lock = channel.lock()) {
      Process process = CommandProcess.start(said, "key", "revoke", first, "--list", list);
      try {
        assertFalse(process.waitFor(3, TimeUnit.SECONDS), () -> "it did not wait");
        String other = keygen();
        Files.writeString(list, other + "\n");
        lock.release();
        assertEquals(0, process.waitFor(), Files.readString(said));
        Set<KeyId> revoked = Revocations.read(list).ids();
        assertEquals(Set.of(KeyId.parse(first), KeyId.parse(other)), revoked);
      } finally {
        process.destroyForcibly();
      }
    }
  }
}
