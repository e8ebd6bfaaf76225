package org.wardlock.defense;

import java.util.List;

/**
 * The tables that a seed gives the blocks of one picture by the authors' repository for arXiv
 * 2204.07707 (fugokidi/etc-classify, commit 0909755, convmixer/pytorch-image-models/encryption.py),
 * bit for bit.
 *
 * <p>The script cuts a square picture into n x n blocks. One torch generator draws, for all N = n n
 * blocks before it goes on, {@code randperm(N)}, the places that blocks come from; then numbers
 * below 4, below 4 again, below 2 and below 6 by {@code random_}. Each block is turned by its first
 * number and then mirrored by <em>the same</em>: the second array is drawn and never read. It is
 * negated where the third number is 1, and its channels are ordered by the fourth. Blocks read the
 * numbers of where they come to.
 *
 * <p>The numbers of a block depend on how many blocks the picture has.
 */
final class PublishedBlockTables implements TableSource {
  /** Quarters of a turn clockwise, by the first number; {@code rot90} turns the other way. */
  private static final int[] TURNS = {3, 2, 1, 0};

  /** {@link BlockGeometry#mirrored}'s bits, by the same number. */
  private static final int[] MIRRORINGS = {2, 1, 3, 0};

  /** Which channel each channel is made of, by the fourth number. */
  private static final List<Permutation> CHANNEL_ORDERS =
      List.of(
          Permutation.of(0, 2, 1),
          Permutation.of(1, 0, 2),
          Permutation.of(1, 2, 0),
          Permutation.of(2, 0, 1),
          Permutation.of(2, 1, 0),
          Permutation.of(0, 1, 2));

  private final int across;
  private final Permutation places;
  private final int[] movements;
  private final int[] negatives;
  private final int[] channelOrders;

  private PublishedBlockTables(MersenneTwister generator, int across) {
    int blocks = across * across;
    this.across = across;
    places = generator.permutation(blocks);
    movements = generator.numbers(blocks, TURNS.length);
    // drawn for the mirrorings, which read the turns' numbers
    generator.numbers(blocks, MIRRORINGS.length);
    negatives = generator.numbers(blocks, 2);
    channelOrders = generator.numbers(blocks, CHANNEL_ORDERS.size());
  }

  /**
   * Draws them all.
   *
   * @param secret what {@link PublishedTables#encode} gives
   * @param layout of the pictures
   * @throws IllegalArgumentException if the pictures are not square or have not three channels
   */
  static PublishedBlockTables draw(byte[] secret, BlockLayout layout) {
    if (layout.channels() != 3 || layout.height() != layout.width()) {
      throw new IllegalArgumentException(
          "key: derivation %s does not say what it does to a picture of %s x %s x %s (channels x height x width); expected 3 channels and a square"
              .formatted(
                  Derivation.PUBLISHED_2204_07707.text(),
                  layout.channels(),
                  layout.height(),
                  layout.width()));
    }
    return new PublishedBlockTables(
        new MersenneTwister(PublishedTables.seedOf(secret)), layout.width() / layout.block());
  }

  @Override
  public Permutation places(int blocks) {
    return places;
  }

  @Override
  public int choice(TransformKind kind, BlockPosition position, int bound) {
    int block = number(position);
    return switch (kind) {
      case ROTATE -> TURNS[movements[block]];
      case FLIP -> MIRRORINGS[movements[block]];
      case NEGATE_BLOCK -> negatives[block];
      default -> throw undrawn(kind);
    };
  }

  @Override
  public Permutation permutation(TransformKind kind, BlockPosition position, int length) {
    if (kind != TransformKind.CHANNELS) {
      throw undrawn(kind);
    }
    return CHANNEL_ORDERS.get(channelOrders[number(position)]);
  }

  @Override
  public boolean[] mask(TransformKind kind, BlockPosition position, int length) {
    throw undrawn(kind);
  }

  @Override
  public Permutation permutation(int length) {
    throw undrawn(TransformKind.SHUFFLE);
  }

  @Override
  public boolean[] mask(TransformKind kind, int length) {
    throw undrawn(kind);
  }

  @Override
  public int[] codeTable() {
    throw undrawn(TransformKind.FFX);
  }

  private int number(BlockPosition position) {
    return position.row() * across + position.column();
  }

  /** {@link KeySpec} lets no such key be. */
  private static IllegalStateException undrawn(TransformKind kind) {
    return new IllegalStateException(
        Derivation.PUBLISHED_2204_07707.text() + " does not draw " + kind.text());
  }

  /** For how many blocks; never a table. */
  @Override
  public String toString() {
    return "PublishedBlockTables[blocks=" + across * across + "]";
  }
}
