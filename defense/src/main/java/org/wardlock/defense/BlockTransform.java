package org.wardlock.defense;

import java.util.Arrays;
import java.util.List;

/**
 * One step of a key with its tables drawn: what happens to the values of a block, numbered in the
 * key's {@link FlattenOrder}. The tables of {@link Shuffle}, {@link Negate} and {@link
 * FormatPreserving} serve every block of a picture; the others are for a picture of so many blocks,
 * numbered row by row.
 *
 * <p>Whoever adds a transform adds a record here, an arm to {@link PixelMap#compose} and a {@link
 * TransformKind} with its arm in {@link Key#blockTransforms}; the compiler points at the arms.
 *
 * <p>Tables are secret: no {@code toString} shows them.
 */
public sealed interface BlockTransform {

  /** What {@link #blockCount} says where the number of blocks does not matter. */
  int ANY_NUMBER = 0;

  /** The number of values of a block: channels x block x block. */
  int length();

  /** The number of blocks of a picture, or {@link #ANY_NUMBER}. */
  default int blockCount() {
    return ANY_NUMBER;
  }

  /**
   * {@code out[i] = in[permutation.at(i)]}.
   *
   * @param permutation where each value comes from
   */
  record Shuffle(Permutation permutation) implements BlockTransform {
    @Override
    public int length() {
      return permutation.length();
    }
  }

  /**
   * {@code out[i] = mask[i] ? 1 - in[i] : in[i]} in float32. Applied twice it gives back multiples
   * of 2^-24 exactly; below 1/2 a float is finer than that and comes back within 2^-25.
   *
   * @param mask the positions to negate
   */
  record Negate(boolean[] mask) implements BlockTransform {
    /** Keeps a copy of the mask. */
    public Negate {
      mask = mask.clone();
    }

    @Override
    public boolean[] mask() {
      return mask.clone();
    }

    @Override
    public int length() {
      return mask.length;
    }

    @Override
    public String toString() {
      return "Negate[length=" + mask.length + "]";
    }
  }

  /**
   * Sends pixels through a table, as the published code does: with {@code v = trunc(255 x)} and
   * {@code largest} the table's largest entry, {@code out[i] = (mask[i] ? table[v] : v) / largest}.
   * Unmasked positions are divided too, so a plain pixel becomes darker; that is the papers'
   * behaviour. Not differentiable. Loses nothing of an 8-bit picture.
   *
   * @param mask the positions to encrypt
   * @param table for each 8-bit value its code, 256 distinct numbers of 0..999
   */
  record FormatPreserving(boolean[] mask, int[] table) implements BlockTransform {
    /** The number of values a pixel can have. */
    public static final int LEVELS = 256;

    /** The number of codes: three decimal digits. */
    public static final int CODES = 1000;

    /**
     * Keeps copies of the tables.
     *
     * @throws IllegalArgumentException if the table is not injective or has a wrong size
     */
    public FormatPreserving {
      mask = mask.clone();
      table = table.clone();
      if (table.length != LEVELS
          || Arrays.stream(table).distinct().count() != LEVELS
          || Arrays.stream(table).anyMatch(code -> code < 0 || code >= CODES)) {
        throw new IllegalArgumentException(
            "ffx: a table of %d entries is not a code for pixels; expected %d distinct numbers below %d"
                .formatted(table.length, LEVELS, CODES));
      }
    }

    @Override
    public boolean[] mask() {
      return mask.clone();
    }

    @Override
    public int[] table() {
      return table.clone();
    }

    @Override
    public int length() {
      return mask.length;
    }

    @Override
    public String toString() {
      return "FormatPreserving[length=" + mask.length + "]";
    }
  }

  /**
   * Whole blocks change places: block b of the result is block {@code blocks.at(b)}.
   *
   * @param blocks where each block comes from
   * @param length the number of values of a block
   */
  record Scramble(Permutation blocks, int length) implements BlockTransform {
    @Override
    public int blockCount() {
      return blocks.length();
    }
  }

  /**
   * Each block is reordered in its own way: as {@link Shuffle}, with {@code permutations.get(b)}
   * for block b. Turned, mirrored and recoloured blocks are reordered ones.
   *
   * @param permutations one for each block, all of one length
   */
  record ShuffleEach(List<Permutation> permutations) implements BlockTransform {
    /**
     * Keeps a copy.
     *
     * @throws IllegalArgumentException if there is none, or lengths differ
     */
    public ShuffleEach {
      permutations = List.copyOf(permutations);
      requireOneLength(permutations.stream().mapToInt(Permutation::length).toArray());
    }

    @Override
    public int length() {
      return permutations.getFirst().length();
    }

    @Override
    public int blockCount() {
      return permutations.size();
    }

    @Override
    public String toString() {
      return "ShuffleEach[blocks=%s length=%s]".formatted(blockCount(), length());
    }
  }

  /**
   * Each block is negated at its own positions: as {@link Negate}, with {@code masks.get(b)} for
   * block b.
   *
   * @param masks one for each block, all of one length
   */
  record NegateEach(List<boolean[]> masks) implements BlockTransform {
    /**
     * Keeps a copy.
     *
     * @throws IllegalArgumentException if there is none, or lengths differ
     */
    public NegateEach {
      masks = masks.stream().map(boolean[]::clone).toList();
      requireOneLength(masks.stream().mapToInt(mask -> mask.length).toArray());
    }

    @Override
    public List<boolean[]> masks() {
      return masks.stream().map(boolean[]::clone).toList();
    }

    @Override
    public int length() {
      return masks.getFirst().length;
    }

    @Override
    public int blockCount() {
      return masks.size();
    }

    @Override
    public String toString() {
      return "NegateEach[blocks=%s length=%s]".formatted(blockCount(), length());
    }
  }

  private static void requireOneLength(int[] lengths) {
    if (Arrays.stream(lengths).distinct().count() != 1) {
      throw new IllegalArgumentException(
          "tables for each of %s blocks: found %s lengths; expected one"
              .formatted(lengths.length, Arrays.stream(lengths).distinct().count()));
    }
  }
}
