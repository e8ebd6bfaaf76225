package org.wardlock.defense;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.regex.Pattern;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A salted hash of a key and its specification: says which key a model belongs to and nothing about
 * the secret. It may stand in a model's {@code config.json}, a log or a report.
 *
 * <p>The same key has another id under another salt; {@link Key#matches} compares under the salt of
 * the id it is given. The hash of a secure key is HKDF: nobody tries 2^256 secrets. The few bits of
 * a published key are hashed slowly instead (PBKDF2), so that the id is no quicker way to try all
 * seeds than the model itself.
 *
 * @param salt 16 hexadecimal digits
 * @param digest 32 hexadecimal digits
 */
public record KeyId(String salt, String digest) {
  private static final String VERSION = "wardlock-key-id/1";
  private static final int SALT_BYTES = 8;
  private static final int DIGEST_BYTES = 16;
  private static final int SLOW_ITERATIONS = 100_000;
  private static final String SEPARATOR = "-";
  private static final Pattern SALT = Pattern.compile("[0-9a-f]{%s}".formatted(2 * SALT_BYTES));
  private static final Pattern DIGEST = Pattern.compile("[0-9a-f]{%s}".formatted(2 * DIGEST_BYTES));

  /**
   * Checks the form.
   *
   * @throws IllegalArgumentException if a part is not of its length in lower-case hexadecimal
   *     digits
   */
  public KeyId {
    if (!SALT.matcher(salt).matches() || !DIGEST.matcher(digest).matches()) {
      throw new IllegalArgumentException(
          "key id '%s-%s' is not readable; expected %d and %d hexadecimal digits joined by '-'"
              .formatted(salt, digest, 2 * SALT_BYTES, 2 * DIGEST_BYTES));
    }
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IllegalArgumentException if the text is no key id
   */
  public static KeyId parse(String text) {
    String[] parts = text.split(SEPARATOR, 2);
    return new KeyId(parts[0], parts.length == 2 ? parts[1] : "");
  }

  /** Salt and hash in one word, for files and reports. */
  public String text() {
    return salt + SEPARATOR + digest;
  }

  @Override
  public String toString() {
    return text();
  }

  static String salt(byte[] random) {
    return HexFormat.of().formatHex(Arrays.copyOf(random, SALT_BYTES));
  }

  static KeyId of(byte[] secret, KeySpec spec, String salt) {
    String info = "%s salt=%s %s".formatted(VERSION, salt, spec.canonical());
    byte[] digest =
        spec.derivation().isSecure()
            ? Hkdf.derive(secret, info, DIGEST_BYTES)
            : slowDigest(secret, info);
    return new KeyId(salt, HexFormat.of().formatHex(digest));
  }

  private static byte[] slowDigest(byte[] secret, String info) {
    char[] password = HexFormat.of().formatHex(secret).toCharArray();
    var parameters =
        new PBEKeySpec(
            password,
            info.getBytes(StandardCharsets.US_ASCII),
            SLOW_ITERATIONS,
            DIGEST_BYTES * Byte.SIZE);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256")
          .generateSecret(parameters)
          .getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("PBKDF2: this JDK refused it; expected a standard one", e);
    } finally {
      parameters.clearPassword();
      Arrays.fill(password, '\0');
    }
  }
}
