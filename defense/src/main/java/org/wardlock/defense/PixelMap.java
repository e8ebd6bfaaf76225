package org.wardlock.defense;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.wardlock.defense.BlockTransform.FormatPreserving;
import org.wardlock.defense.BlockTransform.Negate;
import org.wardlock.defense.BlockTransform.NegateEach;
import org.wardlock.defense.BlockTransform.Scramble;
import org.wardlock.defense.BlockTransform.Shuffle;
import org.wardlock.defense.BlockTransform.ShuffleEach;

/**
 * A whole key on a whole picture: every step of a chain, over every block, composed into one gather
 * followed by one function per value.
 *
 * <p>A picture is a float32 array in [0,1], channel by channel, row by row. Value i of the result
 * is the value at {@code sources()[i]}, sent through the FFX code if there is one, and then negated
 * where {@code negated()[i]}. All arithmetic is that of the published code, to the last bit.
 *
 * <p>Immutable and safe for any number of threads. Its tables are as secret as the key.
 */
public final class PixelMap {
  private final int[] sources;
  private final boolean[] negated;
  private final Optional<PixelCode> code;

  private PixelMap(int[] sources, boolean[] negated, Optional<PixelCode> code) {
    this.sources = sources;
    this.negated = negated;
    this.code = code;
  }

  /**
   * Composes steps into one map.
   *
   * @param steps in the order in which they are applied; FFX at most once and never after a
   *     negation
   * @param order how the values of a block are numbered
   * @param block side of the blocks in pixels
   * @param channels of the pictures
   * @param height of the pictures, a multiple of {@code block}
   * @param width of the pictures, a multiple of {@code block}
   * @throws IllegalArgumentException if the blocks do not fit the picture or a step the blocks
   */
  public static PixelMap compose(
      List<BlockTransform> steps,
      FlattenOrder order,
      int block,
      int channels,
      int height,
      int width) {
    var layout = new BlockLayout(channels, height, width, block, order);
    var identity = new int[layout.size()];
    Arrays.setAll(identity, i -> i);
    var map = new PixelMap(identity, new boolean[layout.size()], Optional.empty());
    for (BlockTransform step : steps) {
      if (step.length() != layout.blockLength()) {
        throw new IllegalArgumentException(
            "%s does not fit blocks of %d channels x %d x %d; expected length %d"
                .formatted(step, channels, block, block, layout.blockLength()));
      }
      if (step.blockCount() != BlockTransform.ANY_NUMBER && step.blockCount() != layout.blocks()) {
        throw new IllegalArgumentException(
            "%s does not fit a picture of %d x %d pixels in blocks of %d; expected %d blocks"
                .formatted(step, height, width, block, layout.blocks()));
      }
      map =
          switch (step) {
            case Shuffle(var permutation) -> map.thenMove(origins(_ -> permutation, layout));
            case ShuffleEach(var each) -> map.thenMove(origins(each::get, layout));
            case Scramble(var blocks, _) -> map.thenMove(origins(blocks, layout));
            case Negate negate -> map.thenNegate(spread(each(negate.mask()), layout));
            case NegateEach negate -> map.thenNegate(spread(negate.masks()::get, layout));
            case FormatPreserving ffx ->
                map.thenEncode(spread(each(ffx.mask()), layout), ffx.table());
          };
    }
    return map;
  }

  /** The number of values of a picture. */
  public int size() {
    return sources.length;
  }

  /** Whether the map has an exact derivative: true without FFX. */
  public boolean isDifferentiable() {
    return code.isEmpty();
  }

  /** For each value of the result, the index of the value it is made of. A copy. */
  public int[] sources() {
    return sources.clone();
  }

  /** For each value of the result, whether it is negated last. A copy. */
  public boolean[] negated() {
    return negated.clone();
  }

  /** The FFX step, if the chain has one. */
  Optional<PixelCode> code() {
    return code;
  }

  /**
   * The transformed picture.
   *
   * @param picture {@link #size} values in [0,1]; left as it is
   */
  public float[] apply(float[] picture) {
    checkSize(picture);
    var result = new float[sources.length];
    for (int i = 0; i < sources.length; i++) {
      float value = picture[sources[i]];
      if (code.isPresent()) {
        value = code.get().encode(i, value);
      }
      result[i] = negated[i] ? 1f - value : value;
    }
    return result;
  }

  /**
   * The picture a transformed one was made of: exactly under shuffle, and of 8-bit pictures exactly
   * under FFX; a negated value comes back within 2^-25, and exactly if it is a multiple of 2^-24.
   *
   * @param transformed {@link #size} values; left as they are
   * @throws IllegalArgumentException if a value is none that this map's FFX code gives
   */
  public float[] invert(float[] transformed) {
    checkSize(transformed);
    var picture = new float[sources.length];
    for (int i = 0; i < sources.length; i++) {
      float value = negated[i] ? 1f - transformed[i] : transformed[i];
      if (code.isPresent()) {
        value = code.get().decode(i, value);
      }
      picture[sources[i]] = value;
    }
    return picture;
  }

  @Override
  public String toString() {
    return "PixelMap[size=" + sources.length + "]";
  }

  private PixelMap thenMove(int[] origins) {
    var movedSources = new int[sources.length];
    var movedNegated = new boolean[sources.length];
    for (int i = 0; i < origins.length; i++) {
      movedSources[i] = sources[origins[i]];
      movedNegated[i] = negated[origins[i]];
    }
    return new PixelMap(movedSources, movedNegated, code.map(c -> c.gather(origins)));
  }

  /** Where each value of the picture comes from if every block is reordered. */
  private static int[] origins(IntFunction<Permutation> permutations, BlockLayout layout) {
    var origins = new int[layout.size()];
    for (int number = 0; number < layout.blocks(); number++) {
      Permutation permutation = permutations.apply(number);
      for (int position = 0; position < permutation.length(); position++) {
        origins[layout.index(number, position)] = layout.index(number, permutation.at(position));
      }
    }
    return origins;
  }

  /** Where each value of the picture comes from if blocks change places. */
  private static int[] origins(Permutation blocks, BlockLayout layout) {
    var origins = new int[layout.size()];
    for (int number = 0; number < layout.blocks(); number++) {
      for (int position = 0; position < layout.blockLength(); position++) {
        origins[layout.index(number, position)] = layout.index(blocks.at(number), position);
      }
    }
    return origins;
  }

  private PixelMap thenNegate(boolean[] mask) {
    var result = negated.clone();
    for (int i = 0; i < mask.length; i++) {
      result[i] ^= mask[i];
    }
    return new PixelMap(sources, result, code);
  }

  private PixelMap thenEncode(boolean[] mask, int[] table) {
    for (boolean value : negated) {
      if (value || code.isPresent()) {
        throw new IllegalArgumentException(
            "ffx after negate or ffx: found values off the 8-bit grid; expected ffx before both");
      }
    }
    return new PixelMap(sources, negated, Optional.of(PixelCode.of(mask, table)));
  }

  private static IntFunction<boolean[]> each(boolean[] mask) {
    return _ -> mask;
  }

  private static boolean[] spread(IntFunction<boolean[]> masks, BlockLayout layout) {
    var result = new boolean[layout.size()];
    for (int number = 0; number < layout.blocks(); number++) {
      boolean[] mask = masks.apply(number);
      for (int position = 0; position < mask.length; position++) {
        result[layout.index(number, position)] = mask[position];
      }
    }
    return result;
  }

  private void checkSize(float[] picture) {
    if (picture.length != sources.length) {
      throw new IllegalArgumentException(
          "key transform: found a picture of %d values; expected %d"
              .formatted(picture.length, sources.length));
    }
  }
}
