package org.wardlock.defense;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * The steps of a key on pictures of one size, their tables drawn.
 *
 * @param tables of the key
 * @param layout of the pictures' blocks
 */
record KeySteps(TableSource tables, BlockLayout layout) {

  /** The step of a kind. */
  BlockTransform of(TransformKind kind) {
    int length = layout.blockLength();
    var geometry = new BlockGeometry(layout.channels(), layout.block(), layout.order());
    return switch (kind) {
      case SHUFFLE -> new BlockTransform.Shuffle(tables.permutation(length));
      case NEGATE -> new BlockTransform.Negate(tables.mask(kind, length));
      case FFX ->
          new BlockTransform.FormatPreserving(tables.mask(kind, length), tables.codeTable());
      case SCRAMBLE -> new BlockTransform.Scramble(tables.places(layout.blocks()), length);
      case SHUFFLE_EACH -> shuffle(at -> tables.permutation(kind, at, length));
      case ROTATE -> {
        List<Permutation> turns = table(BlockGeometry.TURNS, geometry::turned);
        yield shuffle(at -> turns.get(tables.choice(kind, at, BlockGeometry.TURNS)));
      }
      case FLIP -> {
        List<Permutation> mirrorings = table(BlockGeometry.MIRRORINGS, geometry::mirrored);
        yield shuffle(at -> mirrorings.get(tables.choice(kind, at, BlockGeometry.MIRRORINGS)));
      }
      case CHANNELS ->
          shuffle(at -> geometry.withChannels(tables.permutation(kind, at, geometry.channels())));
      case NEGATE_EACH -> negate(at -> tables.mask(kind, at, length));
      case NEGATE_BLOCK ->
          negate(
              at -> {
                var mask = new boolean[length];
                Arrays.fill(mask, tables.choice(kind, at, 2) == 1);
                return mask;
              });
    };
  }

  private static List<Permutation> table(int count, Function<Integer, Permutation> entry) {
    var entries = new ArrayList<Permutation>();
    for (int i = 0; i < count; i++) {
      entries.add(entry.apply(i));
    }
    return entries;
  }

  private BlockTransform shuffle(Function<BlockPosition, Permutation> drawn) {
    return new BlockTransform.ShuffleEach(each(drawn));
  }

  private BlockTransform negate(Function<BlockPosition, boolean[]> drawn) {
    return new BlockTransform.NegateEach(each(drawn));
  }

  private <T> List<T> each(Function<BlockPosition, T> drawn) {
    var all = new ArrayList<T>(layout.blocks());
    for (int row = 0; row < layout.height() / layout.block(); row++) {
      for (int column = 0; column < layout.width() / layout.block(); column++) {
        all.add(drawn.apply(new BlockPosition(row, column)));
      }
    }
    return all;
  }

  /** For which pictures; never a table. */
  @Override
  public String toString() {
    return "KeySteps[" + layout + "]";
  }
}
