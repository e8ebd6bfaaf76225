package org.wardlock.defense;

import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * The published derivations of arXiv 2010.00801 and 2207.11939, bit for bit. Every table is drawn
 * anew from the seed, so a chain's permutation and masks all follow from the same {@code randperm}.
 *
 * @param rule the paper whose rule for masks holds
 * @param secret what {@link #encode} gives; it must outlive this object
 */
record PublishedTables(Derivation rule, byte[] secret) implements TableSource {
  static final int SEED_BYTES = Integer.BYTES;

  /** The seed of a published key's secret. */
  static int seedOf(byte[] secret) {
    return ByteBuffer.wrap(secret).getInt();
  }

  /** A published key's secret: the unsigned 32-bit seed, big end first, then FFX's password. */
  static byte[] encode(long seed, byte[] password) {
    return ByteBuffer.allocate(SEED_BYTES + password.length)
        .putInt((int) seed)
        .put(password)
        .array();
  }

  @Override
  public Permutation permutation(int length) {
    return new MersenneTwister(seedOf(secret)).permutation(length);
  }

  @Override
  public boolean[] mask(TransformKind kind, int length) {
    Permutation order = permutation(length);
    var mask = new boolean[length];
    for (int i = 0; i < length; i++) {
      mask[i] =
          switch (rule) {
            // Strictly above the half: one position short of it for even lengths, 23 of 48.
            case PUBLISHED_2010_00801 -> 2 * order.at(i) > length;
            // The bits 0,1,0,1,... permuted.
            case PUBLISHED_2207_11939 -> order.at(i) % 2 == 1;
            case SECURE, PUBLISHED_2204_07707 ->
                throw new IllegalStateException(rule.text() + " has no mask for every block");
          };
    }
    return mask;
  }

  @Override
  public int[] codeTable() {
    byte[] password = Arrays.copyOfRange(secret, SEED_BYTES, secret.length);
    try {
      return PasswordCipher.pixelTable(password);
    } finally {
      Arrays.fill(password, (byte) 0);
    }
  }

  @Override
  public Permutation places(int blocks) {
    return permutation(blocks);
  }

  @Override
  public Permutation permutation(TransformKind kind, BlockPosition position, int length) {
    throw unpublished(kind);
  }

  @Override
  public boolean[] mask(TransformKind kind, BlockPosition position, int length) {
    throw unpublished(kind);
  }

  @Override
  public int choice(TransformKind kind, BlockPosition position, int bound) {
    throw unpublished(kind);
  }

  /** {@link KeySpec} lets no such key be. */
  private static IllegalStateException unpublished(TransformKind kind) {
    return new IllegalStateException("these papers do not draw " + kind.text() + " from a seed");
  }

  @Override
  public String toString() {
    return "PublishedTables[" + rule.text() + "]";
  }
}
