package org.wardlock.defense;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;

/** Short names for long known answers. */
final class Hashes {
  private Hashes() {}

  /** SHA-256 of the numbers in decimal, joined by commas. */
  static String sha256(int[] numbers) throws GeneralSecurityException {
    String list = Arrays.stream(numbers).mapToObj(String::valueOf).collect(Collectors.joining(","));
    byte[] digest =
        MessageDigest.getInstance("SHA-256").digest(list.getBytes(StandardCharsets.US_ASCII));
    return HexFormat.of().formatHex(digest);
  }
}
