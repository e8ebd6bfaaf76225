package org.wardlock.defense;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What one step of a key does to the blocks of a picture.
 *
 * <p>The three published transforms of MaungMaung and Kiya, "Block-wise Image Transformation with
 * Secret Key for Adversarially Robust Defense" (arXiv 2010.00801), treat all blocks alike. Block
 * scrambling is that of Kiya and others (arXiv 2207.05366). The steps that treat each block in its
 * own way are those of encryption-then-compression (Chuman, Sirichotedumrong and Kiya 2019) and
 * their finest form, tables of its own for each block.
 *
 * <p>A step draws its tables from the key ({@link Key#blockTransforms}); what it then computes is a
 * {@link BlockTransform}.
 */
public enum TransformKind {
  /** Reorders the values of a block, of every block alike. */
  SHUFFLE(false, false),

  /** Replaces x by 1 - x at secret positions of a block, of every block alike. */
  NEGATE(false, true),

  /** Sends 8-bit values through a secret injective table at secret positions of a block. */
  FFX(false, false),

  /** Lets whole blocks change places. */
  SCRAMBLE(true, false),

  /** Reorders the values of each block in an order of its own. */
  SHUFFLE_EACH(true, false),

  /** Replaces x by 1 - x at secret positions of each block, half of them, which are its own. */
  NEGATE_EACH(true, true),

  /** Turns each block by a secret number of quarters. */
  ROTATE(true, false),

  /** Mirrors each block or not, left to right and top to bottom apart. */
  FLIP(true, false),

  /** Lets the channels of each block change places. */
  CHANNELS(true, false),

  /** Replaces x by 1 - x in the whole of secret blocks: the negative-positive transform. */
  NEGATE_BLOCK(true, true);

  private static final String SEPARATOR = "+";

  private final boolean positional;
  private final boolean negating;

  TransformKind(boolean positional, boolean negating) {
    this.positional = positional;
    this.negating = negating;
  }

  /** The name used on the command line and in files, in lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether what happens to a block depends on where in the picture it lies. */
  public boolean isPositional() {
    return positional;
  }

  /** Whether values are replaced by 1 minus themselves. */
  public boolean isNegating() {
    return negating;
  }

  /**
   * Reads a chain such as {@code shuffle+negate}, first step first.
   *
   * @throws IllegalArgumentException if a name is unknown
   */
  public static List<TransformKind> parseChain(String chain) {
    var kinds = new ArrayList<TransformKind>();
    for (String name : chain.split("\\" + SEPARATOR, -1)) {
      kinds.add(parse(name, chain));
    }
    return List.copyOf(kinds);
  }

  /** The inverse of {@link #parseChain}. */
  public static String chainText(List<TransformKind> chain) {
    return chain.stream().map(TransformKind::text).collect(Collectors.joining(SEPARATOR));
  }

  /** All names, for messages and help. */
  public static String names() {
    return Arrays.stream(values()).map(TransformKind::text).collect(Collectors.joining(", "));
  }

  private static TransformKind parse(String name, String chain) {
    return Arrays.stream(values())
        .filter(kind -> kind.text().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "transform '%s': '%s' is unknown; expected some of %s, joined by '+'"
                        .formatted(chain, name, names())));
  }
}
