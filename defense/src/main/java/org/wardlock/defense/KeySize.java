package org.wardlock.defense;

/**
 * How large a key is. Guessing needs to try half of the fewer bits of the two, if nothing better is
 * known; something better often is (docs/security.md), so a large key is no proof of anything.
 *
 * @param tables log2 of the number of tables that can be drawn, each step counted on its own; steps
 *     that undo each other in part, such as turns and mirrorings, are fewer together
 * @param secret the bits that all tables follow from: 256, or a published seed's 32
 */
public record KeySize(double tables, double secret) {
  private static final double LOG_2 = Math.log(2);

  /**
   * The size of a key for pictures of one size.
   *
   * @param spec what the key is for; only steps that treat each block in its own way ask for the
   *     pictures' size
   * @param channels of the pictures
   * @param height of the pictures, a multiple of the key's block
   * @param width of the pictures, a multiple of the key's block
   * @throws IllegalArgumentException if the blocks do not fit the pictures
   */
  public static KeySize of(KeySpec spec, int channels, int height, int width) {
    var layout = new BlockLayout(channels, height, width, spec.block(), spec.flattenOrder());
    double tables = 0;
    for (TransformKind kind : spec.transforms()) {
      // that paper's script mirrors each block by the number that it is turned by
      boolean follows =
          kind == TransformKind.FLIP && spec.derivation() == Derivation.PUBLISHED_2204_07707;
      tables += follows ? 0 : bits(kind, layout);
    }
    return new KeySize(
        tables, spec.derivation().isSecure() ? Key.SECRET_BYTES * Byte.SIZE : Integer.SIZE);
  }

  private static double bits(TransformKind kind, BlockLayout layout) {
    int length = layout.blockLength();
    int blocks = layout.blocks();
    boolean symmetric = layout.block() == 1;
    return switch (kind) {
      case SHUFFLE -> factorial(length);
      case NEGATE -> halves(length);
      case FFX ->
          halves(length)
              + factorial(BlockTransform.FormatPreserving.CODES)
              - factorial(
                  BlockTransform.FormatPreserving.CODES - BlockTransform.FormatPreserving.LEVELS);
      case SCRAMBLE -> factorial(blocks);
      case SHUFFLE_EACH -> blocks * factorial(length);
      case NEGATE_EACH -> blocks * halves(length);
      case ROTATE, FLIP -> symmetric ? 0 : 2.0 * blocks;
      case CHANNELS -> blocks * factorial(layout.channels());
      case NEGATE_BLOCK -> blocks;
    };
  }

  /** log2 of n! */
  private static double factorial(int n) {
    double sum = 0;
    for (int i = 2; i <= n; i++) {
      sum += Math.log(i);
    }
    return sum / LOG_2;
  }

  /** log2 of the number of ways to choose half of n. */
  private static double halves(int n) {
    return factorial(n) - factorial(n / 2) - factorial(n - n / 2);
  }
}
