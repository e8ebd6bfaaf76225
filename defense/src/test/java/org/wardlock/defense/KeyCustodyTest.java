package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.wardlock.nn.files.FormatException;

/** Keys in practice: folders of them, lists of revoked ones, a line for each opening. */
@Tag("cpu-only") // computes no tensor
class KeyCustodyTest {
  private static final String PASSWORD = "correct horse";
  private static final KeySpec SPEC = KeySpec.secure(4, SHUFFLE, NEGATE);
  private static final KeySpec PUBLISHED =
      KeySpec.published(Derivation.PUBLISHED_2010_00801, 4, SHUFFLE);

  @TempDir Path folder;

  @Test
  void aStoreFindsKeysByIdAndLeavesOtherFilesAlone() throws IOException {
    KeyStorage storage = KeyStorage.in(folder);
    Files.writeString(folder.resolve("note.p12"), "no key");
    Files.writeString(folder.resolve("readme"), "neither");
    assertEquals(List.of(), storage.ids());
    Key one = Key.generate(SPEC);
    Key other = Key.published(PUBLISHED, 7);
    for (Key key : List.of(one, other)) {
      assertEquals(storage.file(key.id()), storage.add(key, PASSWORD.toCharArray()));
    }
    assertEquals(Set.of(one.id(), other.id()), Set.copyOf(storage.ids()));
    try (Key opened = KeyCustody.STANDARD.open(storage, one.id(), PASSWORD.toCharArray())) {
      assertEquals(one.id(), opened.id());
    }
    assertThrows(KeyFileException.class, () -> storage.add(one, PASSWORD.toCharArray()));
    KeyId absent = Key.generate(SPEC).id();
    var refusal = assertThrows(KeyFileException.class, () -> storage.find(absent));
    assertTrue(refusal.getMessage().contains(absent.text()), refusal.getMessage());
    assertThrows(KeyFileException.class, () -> KeyStorage.in(folder.resolve("absent")));
    char[] password = PASSWORD.toCharArray();
    assertThrows(KeyFileException.class, () -> KeyCustody.STANDARD.open(storage, absent, password));
    assertEquals("\0".repeat(PASSWORD.length()), new String(password));
  }

  @Test
  void revokedKeysAreRefusedWhateverTheirSalt() throws IOException {
    Path list = folder.resolve("revoked");
    Revocations.add(list, Key.published(PUBLISHED, 7).id(), "lost\nin June");
    Key good = Key.generate(SPEC);
    Key stolen = Key.generate(SPEC);
    Revocations.add(list, stolen.id(), "");
    Revocations.add(list, stolen.id(), "again");
    Revocations read = Revocations.read(list);
    assertEquals(2, read.ids().size());
    read.requireValid(good);
    var refusal = assertThrows(RevokedKeyException.class, () -> read.requireValid(stolen));
    assertTrue(refusal.getMessage().contains(stolen.id().text()), refusal.getMessage());
    // another salt, the same key
    Key again = Key.published(PUBLISHED, 7);
    var remark = assertThrows(RevokedKeyException.class, () -> read.requireValid(again));
    assertTrue(remark.getMessage().contains("(lost in June)"), remark.getMessage());
    assertEquals(1, remark.getMessage().lines().count());
    read.requireValid(Key.published(PUBLISHED, 8));
    Revocations.NONE.requireValid(stolen);
  }

  @Test
  void aListBehindALinkGrowsAndItsLockIsForAllWhoMayWriteThere() throws IOException {
    Path there = Files.createDirectory(folder.resolve("there"));
    Files.setPosixFilePermissions(there, PosixFilePermissions.fromString("rwxrwxr-x"));
    Path list = there.resolve("revoked");
    KeyId one = Key.generate(SPEC).id();
    KeyId other = Key.generate(SPEC).id();
    Revocations.add(list, one, "");
    Path link = Files.createSymbolicLink(folder.resolve("link"), list);
    Revocations.add(link, other, "");
    assertTrue(Files.isSymbolicLink(link));
    assertEquals(Set.of(one, other), Revocations.read(list).ids());
    assertEquals(
        "rw--w----",
        PosixFilePermissions.toString(
            Files.getPosixFilePermissions(there.resolve(".revoked.lock"))));
    assertFalse(Files.exists(folder.resolve(".link.lock")));
  }

  @Test
  void aListThatIsHalfUnderstoodIsRefused() throws IOException {
    Path list = folder.resolve("revoked");
    String id = Key.generate(SPEC).id().text();
    Files.writeString(list, "# a remark\n\n  " + id + "   why\n");
    assertEquals(Set.of(KeyId.parse(id)), Revocations.read(list).ids());
    Files.writeString(list, id + "\n" + id.substring(1) + "\n");
    var refusal = assertThrows(FormatException.class, () -> Revocations.read(list));
    assertTrue(refusal.getMessage().contains("line 2"), refusal.getMessage());
    assertThrows(FormatException.class, () -> Revocations.add(list, KeyId.parse(id), ""));
    assertThrows(FormatException.class, () -> Revocations.read(folder.resolve("absent")));
  }

  @Test
  void everyAttemptIsWrittenDownBeforeAKeyIsHandedOut() throws IOException {
    Key key = Key.generate(SPEC);
    Path file = KeyStorage.in(folder).add(key, PASSWORD.toCharArray());
    Path list = folder.resolve("revoked");
    Revocations.add(list, Key.generate(SPEC).id(), "");
    var events = new ArrayList<KeyAudit.Event>();
    var custody = new KeyCustody(Revocations.read(list), events::add);
    custody.open(file, PASSWORD.toCharArray()).close();
    assertThrows(KeyFileException.class, () -> custody.open(file, "wrong".toCharArray()));
    Revocations.add(list, key.id(), "stolen");
    var strict = new KeyCustody(Revocations.read(list), events::add);
    assertThrows(RevokedKeyException.class, () -> strict.open(file, PASSWORD.toCharArray()));
    assertEquals(
        List.of(Optional.of(key.id()), Optional.empty(), Optional.of(key.id())),
        events.stream().map(KeyAudit.Event::id).toList());
    assertEquals("opened", events.get(0).outcome());
    assertTrue(events.get(1).outcome().contains("password does not open it"));
    assertTrue(events.get(2).outcome().contains("revoked"));
    String secret = HexFormat.of().formatHex(key.withSecret(byte[]::clone));
    for (KeyAudit.Event event : events) {
      String line = event.line();
      assertEquals(1, line.lines().count());
      assertFalse(line.contains(PASSWORD) || line.contains("wrong") || line.contains(secret));
      assertTrue(line.contains(file.toAbsolutePath().normalize().toString()), line);
    }
  }

  @Test
  void refusalsBeforeAFileIsOpenedAreWrittenDownToo() throws IOException {
    KeyStorage storage = KeyStorage.in(folder);
    Key key = Key.generate(SPEC);
    Path file = storage.add(key, PASSWORD.toCharArray());
    KeyId absent = Key.generate(SPEC).id();
    Path list = folder.resolve("revoked");
    var events = new ArrayList<KeyAudit.Event>();
    var custody = new KeyCustody(Revocations.in(list), events::add);
    assertThrows(
        KeyFileException.class, () -> custody.open(storage, absent, PASSWORD.toCharArray()));
    assertThrows(FormatException.class, () -> custody.open(file, PASSWORD.toCharArray()));
    assertEquals(
        List.of(Optional.of(absent), Optional.of(key.id())),
        events.stream().map(KeyAudit.Event::id).toList());
    assertTrue(events.get(0).outcome().startsWith("refused: "), events.get(0).line());
    assertTrue(events.get(0).outcome().contains("holds no key " + absent), events.get(0).line());
    assertTrue(events.get(1).outcome().contains(list + ": cannot be read"), events.get(1).line());
    Revocations.add(list, absent, "");
    custody.open(file, PASSWORD.toCharArray()).close();
    Revocations.add(list, key.id(), "");
    assertThrows(RevokedKeyException.class, () -> custody.open(file, PASSWORD.toCharArray()));
  }

  @Test
  void aRevokedKeyIsOpenedToBeReplacedAndThatIsWrittenDown() throws IOException {
    Key key = Key.generate(SPEC);
    KeyStorage storage = KeyStorage.in(folder);
    Path file = storage.add(key, PASSWORD.toCharArray());
    Path list = folder.resolve("revoked");
    Revocations.add(list, key.id(), "lost in June");
    var events = new ArrayList<KeyAudit.Event>();
    var custody = new KeyCustody(Revocations.read(list), events::add).toReplaceKeys();
    custody.open(file, PASSWORD.toCharArray()).close();
    custody.open(storage, key.id(), PASSWORD.toCharArray()).close();
    for (KeyAudit.Event event : events) {
      assertEquals(Optional.of(key.id()), event.id());
      assertTrue(event.outcome().startsWith("opened to be replaced"), event.line());
      assertTrue(event.outcome().contains("revoked by"), event.line());
      assertTrue(event.outcome().contains("lost in June"), event.line());
    }
    assertEquals(2, events.size());
  }

  @Test
  void nothingIsLostWhereSeveralRevokeAtOnce() throws Exception {
    Path list = folder.resolve("revoked");
    var ids = new ArrayList<KeyId>();
    for (int i = 0; i < 32; i++) {
      ids.add(Key.generate(SPEC).id());
    }
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      var added = new ArrayList<Future<?>>();
      for (KeyId id : ids) {
        Callable<Void> add =
            () -> {
              Revocations.add(list, id, "");
              return null;
            };
        added.add(threads.submit(add));
      }
      for (Future<?> one : added) {
        one.get();
      }
    }
    assertEquals(Set.copyOf(ids), Revocations.read(list).ids());
  }

  @Test
  void aKeyWhoseOpeningCannotBeWrittenDownStaysShut() throws IOException {
    Path file = KeyStorage.in(folder).add(Key.generate(SPEC), PASSWORD.toCharArray());
    KeyAudit nowhere = KeyAudit.file(folder.resolve("absent/audit"));
    var custody = new KeyCustody(Revocations.NONE, nowhere);
    var refusal = assertThrows(IOException.class, () -> custody.open(file, PASSWORD.toCharArray()));
    assertTrue(refusal.getMessage().contains("no key is opened"), refusal.getMessage());
  }

  @Test
  void linesAreAddedToTheFileAndCannotBeForgedByNames() throws IOException {
    Path audit = folder.resolve("audit");
    var event =
        new KeyAudit.Event(
            Instant.parse("2026-01-02T03:04:05.678Z"),
            "a\nb\"c",
            9,
            Path.of("d e"),
            Optional.empty(),
            "opened");
    KeyAudit.file(audit).record(event);
    KeyAudit.file(audit).record(event);
    String line =
        "2026-01-02T03:04:05.678Z user=\"a\\u000ab\\\"c\" process=9 key=unknown file=\"d e\""
            + " outcome=\"opened\"";
    assertEquals(List.of(line, line), Files.readAllLines(audit));
  }
}
