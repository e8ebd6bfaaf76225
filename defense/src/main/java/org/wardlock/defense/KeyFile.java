package org.wardlock.defense;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.KeyStore.PasswordProtection;
import java.security.KeyStore.SecretKeyEntry;
import java.security.PKCS12Attribute;
import java.security.UnrecoverableKeyException;
import java.util.Arrays;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.crypto.spec.SecretKeySpec;
import javax.security.auth.DestroyFailedException;
import org.wardlock.nn.files.DurableFiles;

/**
 * Keys in files: a PKCS#12 key store with one entry, encrypted and authenticated under a password
 * by the JDK's own defaults, readable by {@code keytool}.
 *
 * <p>What the key is for stands in an attribute of the entry, together with the {@link KeyId}. The
 * id is a hash of secret and specification, so an attribute that was exchanged does not load, even
 * if whoever did it knew the password.
 *
 * <p>The file is as safe as its password: whoever has the file can try passwords offline.
 */
public final class KeyFile {
  private static final String STORE_TYPE = "PKCS12";
  private static final String ALIAS = "wardlock";
  // PKCS12 key stores take a secret key only under the name of an algorithm they know.
  private static final String ALGORITHM = "HmacSHA256";
  // An arc of our own under 2.25, which needs no registration: it holds a random UUID.
  private static final String ATTRIBUTE = "2.25.286721324643365118910116506520576427378";
  private static final String VERSION = "wardlock-key-file/1";
  private static final Pattern METADATA = Pattern.compile("(\\S+) id=(\\S+) (.+)");
  private static final long LARGEST_FILE = 1 << 16;

  private KeyFile() {}

  /**
   * Stores a key in a new file that its owner alone may read.
   *
   * @param password at least one printable ASCII character; wiped before this returns
   * @throws KeyFileException if the file exists or the password cannot be used
   * @throws IOException if the file cannot be written; then there is none
   * @throws IllegalArgumentException if the key is experimental
   */
  public static void save(Key key, Path file, char[] password) throws IOException {
    try {
      SecretFiles.create(file, encode(key, file, password));
    } catch (FileAlreadyExistsException _) {
      throw new KeyFileException(
          file, "found an existing file; expected none: choose another name or replace it");
    } finally {
      wipe(password);
    }
  }

  /**
   * Stores a key, in place of a file that may exist: at every instant the old key or the new one is
   * there whole.
   *
   * @param password at least one printable ASCII character; wiped before this returns
   * @throws KeyFileException if the password cannot be used
   * @throws IOException if the file cannot be written; then the old one is untouched
   * @throws IllegalArgumentException if the key is experimental
   */
  public static void replace(Key key, Path file, char[] password) throws IOException {
    try {
      SecretFiles.replace(file, encode(key, file, password));
    } finally {
      wipe(password);
    }
  }

  /**
   * Reads a key.
   *
   * @param password the one it was stored under; wiped before this returns
   * @throws KeyFileException whatever the reason: no such file, not a key file, a wrong password, a
   *     file that was changed
   */
  public static Key load(Path file, char[] password) throws KeyFileException {
    try {
      checkPassword(file, password);
      return decode(read(file), file, password);
    } finally {
      wipe(password);
    }
  }

  private static byte[] encode(Key key, Path file, char[] password) throws IOException {
    if (key.isExperimental()) {
      throw new IllegalArgumentException(
          "key file %s: found a key drawn from a seed for an experiment; expected a generated one"
              .formatted(file));
    }
    checkPassword(file, password);
    if (!Files.isDirectory(file.toAbsolutePath().getParent())) {
      throw new KeyFileException(file, "found no folder to put it in; expected an existing folder");
    }
    String metadata = "%s id=%s %s".formatted(VERSION, key.id(), key.spec().canonical());
    var protection = new PasswordProtection(password);
    try {
      KeyStore store = KeyStore.getInstance(STORE_TYPE);
      store.load(null, null);
      var secret = key.withSecret(bytes -> new SecretKeySpec(bytes, ALGORITHM));
      var attributes = Set.<KeyStore.Entry.Attribute>of(new PKCS12Attribute(ATTRIBUTE, metadata));
      store.setEntry(ALIAS, new SecretKeyEntry(secret, attributes), protection);
      var bytes = new ByteArrayOutputStream();
      store.store(bytes, password);
      return bytes.toByteArray();
    } catch (GeneralSecurityException e) {
      throw new IOException(
          "key file %s: this JDK could not encode it: %s".formatted(file, e.getMessage()), e);
    } finally {
      destroy(protection);
    }
  }

  private static byte[] read(Path file) throws KeyFileException {
    try {
      if (Files.size(file) > LARGEST_FILE) {
        throw new KeyFileException(
            file,
            "found %d bytes; expected a key file, which has at most %d"
                .formatted(Files.size(file), LARGEST_FILE));
      }
      return Files.readAllBytes(file);
    } catch (KeyFileException e) {
      throw e;
    } catch (IOException e) {
      throw new KeyFileException(
          file,
          "cannot be read: %s; expected a file made by keygen".formatted(DurableFiles.reason(e)),
          e);
    }
  }

  private static Key decode(byte[] bytes, Path file, char[] password) throws KeyFileException {
    var protection = new PasswordProtection(password);
    try {
      KeyStore store = KeyStore.getInstance(STORE_TYPE);
      store.load(new ByteArrayInputStream(bytes), password);
      if (store.size() == 1 && store.getEntry(ALIAS, protection) instanceof SecretKeyEntry entry) {
        return decode(entry, file);
      }
      throw new KeyFileException(
          file,
          "found a key store of %d entries without the one secret key '%s'; expected a file made by keygen"
              .formatted(store.size(), ALIAS));
    } catch (KeyFileException e) {
      throw e;
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw new KeyFileException(
          file,
          isWrongPassword(e)
              ? "the password does not open it; expected the one it was stored under (or the file was changed)"
              : "found bytes that are not a whole PKCS#12 key store; expected a file made by keygen",
          e);
    } finally {
      destroy(protection);
    }
  }

  private static Key decode(SecretKeyEntry entry, Path file) throws KeyFileException {
    String metadata =
        entry.getAttributes().stream()
            .filter(attribute -> attribute.getName().equals(ATTRIBUTE))
            .map(KeyStore.Entry.Attribute::getValue)
            .findFirst()
            .orElse("");
    Matcher matcher = METADATA.matcher(metadata);
    if (!matcher.matches() || !matcher.group(1).equals(VERSION)) {
      throw new KeyFileException(
          file, "found metadata '%s'; expected %s".formatted(metadata, VERSION));
    }
    byte[] secret = entry.getSecretKey().getEncoded();
    try {
      KeyId id = KeyId.parse(matcher.group(2));
      var key = new Key(KeySpec.parse(matcher.group(3)), secret, id.salt(), false);
      if (key.id().equals(id)) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      Arrays.fill(secret, (byte) 0);
      throw new KeyFileException(
          file, "found metadata '%s' (%s)".formatted(metadata, e.getMessage()), e);
    }
    Arrays.fill(secret, (byte) 0);
    throw new KeyFileException(
        file, "found metadata that does not belong to its secret; expected an unchanged file");
  }

  private static void checkPassword(Path file, char[] password) throws KeyFileException {
    // KeyStore.load takes a null password as leave to skip the integrity check.
    if (password == null || password.length == 0) {
      throw new KeyFileException(file, "found an empty password; expected at least one character");
    }
    for (char c : password) {
      if (c < ' ' || c > '~') {
        throw new KeyFileException(
            file,
            "the password has a character that PKCS#12 cannot take; expected printable ASCII");
      }
    }
  }

  private static boolean isWrongPassword(Exception e) {
    return e.getCause() instanceof UnrecoverableKeyException;
  }

  private static void wipe(char[] password) {
    if (password != null) {
      Arrays.fill(password, '\0');
    }
  }

  private static void destroy(PasswordProtection protection) {
    try {
      protection.destroy();
    } catch (DestroyFailedException e) {
      throw new IllegalStateException("password: this JDK could not wipe its copy", e);
    }
  }
}
