package org.wardlock.defense;

import java.util.Arrays;

/**
 * One step of a key with its tables drawn: what happens to the values of one block, numbered in the
 * key's {@link FlattenOrder}. The same tables serve every block of a picture.
 *
 * <p>Whoever adds a transform adds a record here, an arm to {@link PixelMap#compose} and a {@link
 * TransformKind} with its arm in {@link Key#blockTransforms}; the compiler points at the arms.
 *
 * <p>Tables are secret: no {@code toString} shows them.
 */
public sealed interface BlockTransform {

  /** The number of values of a block: channels x block x block. */
  int length();

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
}
