package org.wardlock.defense;

import java.util.Arrays;
import org.wardlock.defense.BlockTransform.FormatPreserving;

/**
 * The secure derivation: every table comes from a sub-key of its own, so that knowing one says
 * nothing about another. The sub-key's info names the whole specification, the transform, the role
 * of the table, the position of the block and the table's length. The position is {@code every}
 * where a key treats all blocks alike, as the papers' do; row and column of the block where each
 * has tables of its own; and {@code picture} for the places that blocks change.
 *
 * <p>Masks cover exactly half of a block's positions, rounded down: those whose rank in a secret
 * permutation is in the lower half. No other fixed number leaves as many masks to guess from, and
 * none can come out nearly empty or nearly full, which would leave a picture nearly plain or be its
 * negative.
 *
 * <p>The code of FFX is the first 256 entries of a secret permutation of 0..999. FFX, with which
 * the papers build theirs, approximates just that by a Feistel network over a password; on a domain
 * as small as a thousand, far below the million that NIST SP 800-38G asks for, drawing the
 * permutation itself costs nothing and approximates nothing.
 *
 * @param secret the key's 256 bits, which must outlive this object
 * @param spec the key's specification
 */
record SecureTables(byte[] secret, KeySpec spec) implements TableSource {

  private static final String EVERY = "every";

  @Override
  public Permutation permutation(int length) {
    return draw(TransformKind.SHUFFLE, "permutation", EVERY, length);
  }

  @Override
  public boolean[] mask(TransformKind kind, int length) {
    return lowerHalf(draw(kind, "mask", EVERY, length));
  }

  @Override
  public int[] codeTable() {
    Permutation codes = draw(TransformKind.FFX, "table", EVERY, FormatPreserving.CODES);
    return Arrays.copyOf(codes.toArray(), FormatPreserving.LEVELS);
  }

  @Override
  public Permutation places(int blocks) {
    return draw(TransformKind.SCRAMBLE, "permutation", "picture", blocks);
  }

  @Override
  public Permutation permutation(TransformKind kind, BlockPosition position, int length) {
    return draw(kind, "permutation", position.text(), length);
  }

  @Override
  public boolean[] mask(TransformKind kind, BlockPosition position, int length) {
    return lowerHalf(draw(kind, "mask", position.text(), length));
  }

  @Override
  public int choice(TransformKind kind, BlockPosition position, int bound) {
    try (KeyStream stream = stream(kind, "choice", position.text(), bound)) {
      return stream.below(bound);
    }
  }

  private Permutation draw(TransformKind kind, String role, String position, int length) {
    try (KeyStream stream = stream(kind, role, position, length)) {
      return stream.permutation(length);
    }
  }

  private KeyStream stream(TransformKind kind, String role, String position, int length) {
    String info = // %s for the number, as %d would follow the locale's digits
        "%s sub-key=%s role=%s position=%s length=%s"
            .formatted(spec.canonical(), kind.text(), role, position, length);
    return new KeyStream(secret, info);
  }

  private static boolean[] lowerHalf(Permutation ranks) {
    var mask = new boolean[ranks.length()];
    for (int i = 0; i < mask.length; i++) {
      mask[i] = ranks.at(i) < mask.length / 2;
    }
    return mask;
  }

  @Override
  public String toString() {
    return "SecureTables[" + spec.canonical() + "]";
  }
}
