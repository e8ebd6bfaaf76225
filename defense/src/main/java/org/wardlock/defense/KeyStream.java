package org.wardlock.defense;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.function.LongSupplier;

/**
 * The stream of secret numbers that belongs to one sub-key: HKDF expansions of (info, 0), (info, 1)
 * and so on, one after the other, since one expansion ends at 8,160 bytes.
 *
 * <p>Numbers below a bound are drawn by rejection and permutations by Fisher and Yates, so every
 * outcome is equally likely. Not safe for several threads; close it to wipe what it holds.
 */
final class KeyStream implements AutoCloseable {
  private static final int CHUNK_BYTES = 1024;

  private final byte[] secret;
  private final String info;
  private byte[] chunk = new byte[0];
  private ByteBuffer unread = ByteBuffer.wrap(chunk);
  private long chunks;

  /** A stream that reads {@code secret}, which must outlive it, and never changes it. */
  KeyStream(byte[] secret, String info) {
    this.secret = secret;
    this.info = info;
  }

  /** A number of 0..bound-1, all equally likely. */
  int below(int bound) {
    return below(bound, this::nextUnsignedInt);
  }

  /**
   * A number of 0..bound-1, as likely as any other if each of 0..2^32-1 is in what it is made of.
   */
  static int below(int bound, LongSupplier unsignedInts) {
    long range = 1L << Integer.SIZE;
    long acceptedBelow = range - range % bound;
    long number;
    do {
      number = unsignedInts.getAsLong();
    } while (number >= acceptedBelow);
    return (int) (number % bound);
  }

  /** A permutation of 0..length-1, all equally likely. */
  Permutation permutation(int length) {
    int[] entries = Permutation.identity(length).toArray();
    for (int last = length - 1; last > 0; last--) {
      int chosen = below(last + 1);
      int entry = entries[last];
      entries[last] = entries[chosen];
      entries[chosen] = entry;
    }
    return Permutation.of(entries);
  }

  @Override
  public void close() {
    Arrays.fill(chunk, (byte) 0);
  }

  private long nextUnsignedInt() {
    if (!unread.hasRemaining()) {
      close();
      chunk = Hkdf.derive(secret, info + " chunk=" + chunks, CHUNK_BYTES);
      unread = ByteBuffer.wrap(chunk);
      chunks++;
    }
    return Integer.toUnsignedLong(unread.getInt());
  }
}
