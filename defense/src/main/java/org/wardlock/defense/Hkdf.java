package org.wardlock.defense;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import javax.crypto.KDF;
import javax.crypto.spec.HKDFParameterSpec;

/** HKDF-SHA256 (RFC 5869) as every derivation here uses it: one fixed salt, the info as text. */
final class Hkdf {
  private static final byte[] SALT = "wardlock".getBytes(StandardCharsets.US_ASCII);

  private Hkdf() {}

  /**
   * Bytes that follow from a secret and from what they are for.
   *
   * @param secret the input key material
   * @param info what the bytes are for, canonical and with a version; ASCII
   * @param length at most 8,160 bytes, where HKDF-SHA256 ends
   */
  static byte[] derive(byte[] secret, String info, int length) {
    try {
      var parameters =
          HKDFParameterSpec.ofExtract()
              .addIKM(secret)
              .addSalt(SALT)
              .thenExpand(info.getBytes(StandardCharsets.US_ASCII), length);
      return KDF.getInstance("HKDF-SHA256").deriveData(parameters);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("HKDF-SHA256: this JDK refused it; expected JDK 25", e);
    }
  }
}
