package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Keys and passwords that do not fit, and that neither is ever shown. */
class RefusedKeyTest {
  @TempDir private static Path folder;
  private static Path key;
  private static Path model;

  @BeforeAll
  static void prepare() throws IOException {
    key = Tiny.key(folder.resolve("key"), "shuffle", 4);
    model = Tiny.train(folder.resolve("model"), 1, Tiny.with(key));
    Tiny.key(folder.resolve("other"), "shuffle", 4);
    Tiny.key(folder.resolve("wide"), "shuffle", 5);
    byte[] whole = Files.readAllBytes(key);
    Files.write(folder.resolve("cut"), Arrays.copyOf(whole, whole.length / 2));
    byte[] changed = whole.clone();
    changed[whole.length / 2] ^= 1;
    Files.write(folder.resolve("changed"), changed);
    Files.writeString(folder.resolve("text"), "This is no key.\n");
    Files.write(folder.resolve("huge"), new byte[1 << 20]);
    Files.createDirectories(folder.resolve("folder"));
    Files.writeString(folder.resolve("wrong.password"), "incorrect horse\n");
    Files.writeString(folder.resolve("empty.password"), "\n");
    Files.writeString(folder.resolve("foreign.password"), "pässword\n");
  }

  /** A key file, a password file, and what the one line must say. */
  static Stream<Arguments> keys() {
    String right = "key.password";
    return Stream.of(
        arguments("key", "wrong.password", List.of("key", "password does not open it")),
        arguments("key", "empty.password", List.of("empty password", "at least one")),
        arguments("key", "foreign.password", List.of("password", "printable ASCII")),
        arguments("key", "gone.password", List.of("gone.password", "no such file")),
        arguments("key", "folder", List.of("--password-file", "folder", "expected a text file")),
        arguments("gone", right, List.of("gone", "no such file")),
        arguments("text", right, List.of("text", "PKCS#12", "made by keygen")),
        arguments("cut", right, List.of("cut", "expected")),
        arguments("changed", right, List.of("changed", "expected")),
        arguments("huge", right, List.of("huge", "1048576 bytes", "at most")));
  }

  @ParameterizedTest
  @MethodSource("keys")
  void aKeyThatDoesNotOpenIsNamed(String file, String password, List<Object> parts)
      throws IOException {
    Path named = folder.resolve(file);
    List<Object> words = List.of("--password-file", folder.resolve(password));
    Refusal.expect(folder, List.of("key", "show", named, words), parts);
    List<Object> use = List.of(Tiny.DATA, "--key", named, words);
    Refusal.expect(folder, List.of("evaluate", "--model", model, use), parts);
    Path out = folder.resolve("out");
    List<Object> train = List.of("train", Tiny.NETWORK, Tiny.recipe(1), "--out", out);
    Refusal.expect(folder, List.of(train, use), parts);
  }

  @Test
  void aKeyOfAnotherModelIsRefused() throws IOException {
    List<Object> use = List.of("--model", model, Tiny.with(folder.resolve("other")));
    Refusal.expect(folder, List.of("evaluate", Tiny.DATA, use), "key", "made for");
    Refusal.expect(
        folder, List.of("evaluate", Tiny.DATA, use, "--wrong-keys", 2), "key", "made for");
    List<Object> attack = List.of("attack", "--attack", "fgsm", "--eps", "1/255", Tiny.DATA);
    Path out = folder.resolve("out");
    Refusal.expect(folder, List.of(attack, use, "--out", out), "key", "made for");
    Refusal.expect(
        folder, List.of("evaluate", Tiny.DATA, "--model", model, "--wrong-keys", 2), "--key");
  }

  @Test
  void blocksMustFitThePictures() throws IOException {
    List<Object> train = List.of("train", Tiny.DATA, Tiny.NETWORK, Tiny.recipe(1));
    Path out = folder.resolve("wide-run");
    CommandRun.of(train, Tiny.with(folder.resolve("wide")), "--out", out)
        .assertRefused("block", "5", "16");
    assertFalse(Files.exists(out.resolve("model.safetensors")));
  }

  /** Options of keygen, and what the one line must say. */
  static Stream<Arguments> kinds() {
    return Stream.of(
        arguments(List.of("--transform", "twist", "--block", 4), List.of("twist", "shuffle")),
        arguments(
            List.of("--transform", "negate-block+ffx", "--block", 4), List.of("ffx before negate")),
        arguments(
            List.of("--transform", "rotate", "--block", 4, "--published-seed", 1),
            List.of("no rotate", "secure")),
        arguments(
            List.of("--transform", "scramble", "--block", 4, "--published-seed", 1),
            List.of("no scramble", "published:2207.11939")),
        arguments(
            List.of(
                "--transform",
                "rotate",
                "--block",
                4,
                "--published-seed",
                1,
                "--published-rule",
                "2204.07707"),
            List.of("one generator", "scramble+rotate+flip+negate-block+channels")),
        arguments(
            List.of(
                "--transform",
                "shuffle",
                "--block",
                4,
                "--published-seed",
                1,
                "--published-rule",
                "2204.0770"),
            List.of("'2204.0770'", "2010.00801, 2207.11939, 2204.07707")),
        arguments(List.of("--transform", "shuffle", "--block", 0), List.of("block", "0")),
        arguments(List.of("--transform", "shuffle", "--block", "x"), List.of("--block", "'x'")),
        arguments(List.of("--transform", "shuffle"), List.of("--block")),
        arguments(
            List.of("--transform", "shuffle", "--block", 4, "--flatten", "whc"), List.of("whc")),
        arguments(
            List.of("--transform", "ffx", "--block", 4, "--published-password", "p"),
            List.of("--published-seed")));
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void unknownKindsOfKeysAreRefused(List<Object> kind, List<Object> parts) throws IOException {
    List<Object> words = List.of("keygen", "--out", folder.resolve("new"), kind);
    Refusal.expect(
        folder, List.of(words, "--password-file", folder.resolve("key.password")), parts);
  }

  @Test
  void anExistingFileIsNoPlaceForAKey() throws IOException {
    List<Object> words = List.of("keygen", "--transform", "shuffle", "--block", 4, "--out");
    List<Object> password = List.of("--password-file", folder.resolve("key.password"));
    Refusal.expect(folder, List.of(words, key, password), key, "existing file");
    Path lost = folder.resolve("nowhere").resolve("key");
    Refusal.expect(folder, List.of(words, lost, password), lost, "folder");
  }

  @Test
  void neitherPasswordNorSecretIsEverWritten() throws IOException {
    Path made = Files.createDirectories(folder.resolve("made"));
    List<Object> use = List.of("--model", model, Tiny.DATA, Tiny.with(key), "--debug");
    List<Object> files =
        List.of("--json", made.resolve("answer"), "--predictions", made.resolve("p"));
    List<Object> train = List.of("train", Tiny.NETWORK, Tiny.recipe(1), Tiny.DATA, Tiny.with(key));
    List<Object> attack = List.of("attack", use, "--attack", "fgsm", "--eps", "1/255");
    List<Object> password = List.of("--password-file", Tiny.passwordFile(key));
    String said =
        said("key", "show", key, password)
            + said("evaluate", use, files, "--wrong-keys", 2)
            + said(train, "--out", made.resolve("run"))
            + said(attack, "--out", made.resolve("records"))
            + said("key", "show", folder.resolve("changed"), "--debug", password);
    byte[] secret = secret(key);
    var forbidden =
        List.of(
            Tiny.PASSWORD,
            HexFormat.of().formatHex(secret),
            HexFormat.of().withUpperCase().formatHex(secret),
            Base64.getEncoder().encodeToString(secret).replace("=", ""),
            Base64.getUrlEncoder().encodeToString(secret).replace("=", ""),
            new String(secret, StandardCharsets.ISO_8859_1));
    forbidden.forEach(text -> assertFalse(said.contains(text)));
    assertTrue(Files.exists(made.resolve("records/records.csv")), "all commands ran");
    for (Path root : List.of(made, model)) {
      try (Stream<Path> written = Files.walk(root)) {
        for (Path file : written.filter(Files::isRegularFile).toList()) {
          String bytes = Files.readString(file, StandardCharsets.ISO_8859_1);
          forbidden.forEach(text -> assertFalse(bytes.contains(text), file.toString()));
        }
      }
    }
  }

  private static String said(Object... words) {
    CommandRun run = CommandRun.of(words);
    return run.out() + run.err();
  }

  /** What a key file made by {@link Tiny#key} guards. */
  static byte[] secret(Path file) throws IOException {
    char[] password = Tiny.PASSWORD.toCharArray();
    try (InputStream in = Files.newInputStream(file)) {
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(in, password);
      byte[] secret = store.getKey(store.aliases().nextElement(), password).getEncoded();
      assertTrue(secret.length >= 32);
      return secret;
    } catch (GeneralSecurityException e) {
      throw new AssertionError("the test's own key cannot be read", e);
    }
  }
}
