package org.wardlock.data;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over a list of texts, numbers and contents, each delimited so that no two lists meet. */
public final class Hashing {
  private final MessageDigest digest;

  /** Starts with nothing. */
  public Hashing() {
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("this JDK has no SHA-256, which every JDK must have", e);
    }
  }

  /** Adds a text. */
  public Hashing add(String text) {
    return add(text.getBytes(StandardCharsets.UTF_8));
  }

  /** Adds a number. */
  public Hashing add(long number) {
    for (int shift = 0; shift < Long.SIZE; shift += Byte.SIZE) {
      digest.update((byte) (number >>> shift));
    }
    return this;
  }

  /** Adds a content. */
  public Hashing add(byte[] content) {
    add(content.length);
    digest.update(content);
    return this;
  }

  /** The hash of all that was added, in hexadecimal; nothing may be added afterwards. */
  public String finish() {
    return HexFormat.of().formatHex(digest.digest());
  }
}
