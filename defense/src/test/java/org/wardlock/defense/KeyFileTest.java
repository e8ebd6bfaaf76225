package org.wardlock.defense;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.wardlock.defense.TransformKind.FFX;
import static org.wardlock.defense.TransformKind.NEGATE;
import static org.wardlock.defense.TransformKind.SHUFFLE;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.security.KeyStore.PasswordProtection;
import java.security.KeyStore.SecretKeyEntry;
import java.security.PKCS12Attribute;
import java.security.Security;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeyFileTest {
  private static final String PASSWORD = "correct horse";
  private static final KeySpec SPEC = KeySpec.secure(4, SHUFFLE, NEGATE);
  private static final List<String> ITERATIONS =
      List.of(
          "keystore.pkcs12.macIterationCount",
          "keystore.pkcs12.certPbeIterationCount",
          "keystore.pkcs12.keyPbeIterationCount");

  @TempDir Path folder;

  /** These tests read thousands of broken files, and are none about how slow a password is. */
  @BeforeAll
  static void hashPasswordsOnce() {
    ITERATIONS.forEach(property -> Security.setProperty(property, "1"));
  }

  @AfterAll
  static void hashPasswordsAsBefore() {
    ITERATIONS.forEach(property -> Security.setProperty(property, "10000"));
  }

  @Test
  void keysOfEveryKindComeBack() throws IOException {
    KeySpec published = KeySpec.published(Derivation.PUBLISHED_2010_00801, 8, FFX);
    List<Key> keys =
        List.of(
            Key.generate(SPEC),
            Key.generate(new KeySpec(List.of(FFX), 2, FlattenOrder.CHW, Derivation.SECURE)),
            Key.published(published, 42),
            Key.published(published, 0xffff_ffffL, "Zürich".toCharArray()));
    for (int i = 0; i < keys.size(); i++) {
      Path file = folder.resolve("key-%d.p12".formatted(i));
      save(keys.get(i), file);
      Key loaded = load(file);
      assertEquals(keys.get(i).spec(), loaded.spec());
      assertEquals(keys.get(i).id(), loaded.id());
      assertArrayEquals(secret(keys.get(i)), secret(loaded));
      assertFalse(loaded.isExperimental());
    }
  }

  @Test
  void onlyTheOwnerMayRead() throws IOException {
    Path file = saved();
    Assumptions.assumeTrue(
        FileSystems.getDefault().supportedFileAttributeViews().contains("posix"),
        "skipped: files here have no POSIX permissions");
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
  }

  @Test
  void anExistingFileIsKept() throws IOException {
    Path file = saved();
    byte[] before = Files.readAllBytes(file);
    var refusal = assertThrows(KeyFileException.class, () -> save(Key.generate(SPEC), file));
    assertTrue(refusal.getMessage().contains("found an existing file"), refusal.getMessage());
    assertArrayEquals(before, Files.readAllBytes(file));
    assertOnlyFile(file);
  }

  @Test
  void anExistingFileIsReplacedWhenTold() throws IOException {
    Path file = saved();
    Key other = Key.generate(SPEC);
    KeyFile.replace(other, file, PASSWORD.toCharArray());
    assertEquals(other.id(), load(file).id());
    assertOnlyFile(file);
  }

  @Test
  void passwordsAreWiped() throws IOException {
    char[] saving = PASSWORD.toCharArray();
    char[] loading = PASSWORD.toCharArray();
    char[] wrong = "wrong".toCharArray();
    Path file = folder.resolve("key.p12");
    KeyFile.save(Key.generate(SPEC), file, saving);
    KeyFile.load(file, loading).close();
    assertThrows(KeyFileException.class, () -> KeyFile.load(file, wrong));
    for (char[] password : List.of(saving, loading, wrong)) {
      assertArrayEquals(new char[password.length], password);
    }
  }

  @Test
  void unusablePasswordsAreRefused() throws IOException {
    Path file = saved();
    Key key = Key.generate(SPEC);
    for (char[] password : Arrays.asList(null, new char[0], "Zürich".toCharArray())) {
      assertThrows(KeyFileException.class, () -> KeyFile.load(file, password));
      Path other = folder.resolve("other.p12");
      assertThrows(KeyFileException.class, () -> KeyFile.save(key, other, password));
      assertOnlyFile(file);
    }
  }

  @Test
  void everyChangedByteIsFoundOrMakesNoDifference() throws IOException {
    Key key = Key.generate(SPEC);
    Path file = folder.resolve("key.p12");
    save(key, file);
    byte[] bytes = Files.readAllBytes(file);
    var harmless = new TreeSet<Integer>();
    for (int i = 0; i < bytes.length; i++) {
      for (int change : new int[] {0x01, 0x80, 0xff}) {
        byte[] changed = bytes.clone();
        changed[i] ^= (byte) change;
        Files.write(file, changed);
        try (Key loaded = load(file)) {
          assertArrayEquals(secret(key), secret(loaded));
          assertEquals(key.id(), loaded.id());
          harmless.add(i);
        } catch (KeyFileException e) {
          assertOneSafeLine(e, file, key);
        }
      }
    }
    // Three tags of the DER frame around the authenticated part, which the JDK reads over.
    assertTrue(harmless.size() <= 3, "bytes that may change without notice: " + harmless);
  }

  @Test
  void everyTruncationIsFound() throws IOException {
    Key key = Key.generate(SPEC);
    Path file = folder.resolve("key.p12");
    save(key, file);
    byte[] bytes = Files.readAllBytes(file);
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertOneSafeLine(assertThrows(KeyFileException.class, () -> load(file)), file, key);
    }
  }

  @Test
  void metadataExchangedByAnInsiderIsFound() throws Exception {
    Key key = Key.generate(SPEC);
    String metadata = "wardlock-key-file/1 id=%s %s";
    String honest = metadata.formatted(key.id(), SPEC.canonical());
    String other = metadata.formatted(key.id(), KeySpec.secure(8, SHUFFLE, NEGATE).canonical());
    String otherId = metadata.formatted(Key.generate(SPEC).id(), SPEC.canonical());
    String published =
        metadata.formatted(
            key.id(), KeySpec.published(Derivation.PUBLISHED_2010_00801, 4, FFX).canonical());
    assertEquals(key.id(), load(forge(secret(key), honest)).id());
    assertRefused("does not belong to its secret", forge(secret(key), other));
    assertRefused("does not belong to its secret", forge(secret(key), otherId));
    assertRefused("does not belong to its secret", forge(secret(key), published));
    assertRefused("does not fit", forge(new byte[16], honest));
    assertRefused("key id", forge(secret(key), metadata.formatted("x", SPEC.canonical())));
    assertRefused("found metadata", forge(secret(key), honest.replace("key-file/1", "key-file/2")));
    assertRefused("found metadata ''", forge(secret(key), ""));
  }

  @Test
  void theFileIsAnOrdinaryKeyStoreAndHoldsNoSecretInTheOpen() throws Exception {
    Key key = Key.generate(SPEC);
    Path file = folder.resolve("key.p12");
    save(key, file);
    KeyStore store = KeyStore.getInstance(file.toFile(), PASSWORD.toCharArray());
    assertEquals("HmacSHA256", store.getKey("wardlock", PASSWORD.toCharArray()).getAlgorithm());
    String content = HexFormat.of().formatHex(Files.readAllBytes(file));
    assertFalse(content.contains(HexFormat.of().formatHex(secret(key))));
  }

  @Test
  void whatIsNoKeyFileIsNamedAsFound() throws Exception {
    assertRefused("no such file", folder.resolve("absent.p12"));
    assertRefused("directory", folder);
    assertRefused("not a whole PKCS#12", Files.writeString(folder.resolve("note"), "a note"));
    assertRefused("found 70000 bytes", Files.write(folder.resolve("big"), new byte[70_000]));
    KeyStore empty = KeyStore.getInstance("PKCS12");
    empty.load(null, null);
    assertRefused("found a key store of 0 entries", write(empty));
    Path file = saved();
    var refusal =
        assertThrows(KeyFileException.class, () -> KeyFile.load(file, "other".toCharArray()));
    assertTrue(refusal.getMessage().contains("password does not open it"), refusal.getMessage());
  }

  @Test
  void keysFromSeedsOfExperimentsAreNeverStored() {
    Key key = ExperimentKeys.draw(SPEC, 1, 0).getFirst();
    Path file = folder.resolve("key.p12");
    assertThrows(IllegalArgumentException.class, () -> save(key, file));
    assertFalse(Files.exists(file));
  }

  @Test
  void aFolderThatIsNotThereIsNamed() {
    Path file = folder.resolve("absent/key.p12");
    var refusal = assertThrows(KeyFileException.class, () -> save(Key.generate(SPEC), file));
    assertTrue(refusal.getMessage().contains("expected an existing folder"), refusal.getMessage());
  }

  private Path saved() throws IOException {
    Path file = folder.resolve("key.p12");
    save(Key.generate(SPEC), file);
    return file;
  }

  private static void save(Key key, Path file) throws IOException {
    KeyFile.save(key, file, PASSWORD.toCharArray());
  }

  private static Key load(Path file) throws KeyFileException {
    return KeyFile.load(file, PASSWORD.toCharArray());
  }

  private static byte[] secret(Key key) {
    return key.withSecret(byte[]::clone);
  }

  /** A key store as a person who knows the password could make it. */
  private Path forge(byte[] secret, String metadata) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(
        new ByteArrayInputStream(Files.readAllBytes(saved("template.p12"))),
        PASSWORD.toCharArray());
    var attribute =
        store
            .getEntry("wardlock", new PasswordProtection(PASSWORD.toCharArray()))
            .getAttributes()
            .stream()
            .filter(a -> a.getName().startsWith("2.25."))
            .findFirst()
            .orElseThrow();
    store.setEntry(
        "wardlock",
        new SecretKeyEntry(
            new SecretKeySpec(secret, "HmacSHA256"),
            Set.of(new PKCS12Attribute(attribute.getName(), metadata))),
        new PasswordProtection(PASSWORD.toCharArray()));
    return write(store);
  }

  private Path saved(String name) throws IOException {
    Path file = folder.resolve(name);
    KeyFile.replace(Key.generate(SPEC), file, PASSWORD.toCharArray());
    return file;
  }

  private Path write(KeyStore store) throws Exception {
    var bytes = new ByteArrayOutputStream();
    store.store(bytes, PASSWORD.toCharArray());
    return Files.write(folder.resolve("forged.p12"), bytes.toByteArray());
  }

  private void assertRefused(String reason, Path file) {
    String message = assertThrows(KeyFileException.class, () -> load(file)).getMessage();
    assertTrue(message.contains(reason), message);
    assertTrue(message.contains(file.toString()) && message.contains("expected"), message);
  }

  private static void assertOneSafeLine(KeyFileException e, Path file, Key key) {
    assertTrue(e.getMessage().contains(file.toString()), e.getMessage());
    assertEquals(1, e.getMessage().lines().count(), e.getMessage());
    var trace = new StringWriter();
    e.printStackTrace(new PrintWriter(trace));
    assertFalse(trace.toString().contains(PASSWORD));
    assertFalse(trace.toString().contains(HexFormat.of().formatHex(secret(key))));
  }

  private void assertOnlyFile(Path file) throws IOException {
    try (var files = Files.list(folder)) {
      assertEquals(List.of(file), files.toList());
    }
  }

  @Test
  void ofManyKeysStoredUnderOneNameAtOnceTheFirstStays() throws Exception {
    Path file = folder.resolve("contested.p12");
    var stored = new ConcurrentLinkedQueue<Key>();
    var threads = new ArrayList<Thread>();
    for (int i = 0; i < 4; i++) {
      threads.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    Key key = Key.generate(SPEC);
                    try {
                      KeyFile.save(key, file, PASSWORD.toCharArray());
                      stored.add(key);
                    } catch (IOException _) {
                      key.close();
                    }
                  }));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertEquals(1, stored.size());
    try (Key loaded = KeyFile.load(file, PASSWORD.toCharArray())) {
      assertEquals(stored.peek().id(), loaded.id());
    }
  }
}
