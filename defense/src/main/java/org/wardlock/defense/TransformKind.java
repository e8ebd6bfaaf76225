package org.wardlock.defense;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What one step of a key does to a block of pixels.
 *
 * <p>The three published transforms of MaungMaung and Kiya, "Block-wise Image Transformation with
 * Secret Key for Adversarially Robust Defense" (arXiv 2010.00801). A step draws its tables from the
 * key ({@link Key#blockTransforms}); what it then computes is the {@link BlockTransform} of the
 * same name.
 */
public enum TransformKind {
  /** Reorders the values of a block. */
  SHUFFLE,

  /** Replaces x by 1 - x at secret positions of a block. */
  NEGATE,

  /** Sends 8-bit values through a secret injective table at secret positions of a block. */
  FFX;

  private static final String SEPARATOR = "+";

  /** The name used on the command line and in files, in lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
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

  private static TransformKind parse(String name, String chain) {
    return Arrays.stream(values())
        .filter(kind -> kind.text().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "transform '%s': '%s' is unknown; expected shuffle, negate or ffx, joined by '+'"
                        .formatted(chain, name)));
  }
}
