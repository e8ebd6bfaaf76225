package org.wardlock.defense;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What a key is for: everything about it that is not secret. It may stand in a model's {@code
 * config.json}, a log or a report.
 *
 * @param transforms the steps in the order in which they are applied, each kind at most once. FFX
 *     reads 8-bit values, so a step that computes new ones (negate and its kin) cannot come before
 *     it.
 * @param block the side M of the square blocks in pixels, 1 to {@value #LARGEST_BLOCK}; the height
 *     and the width of every picture must be multiples of it
 * @param flattenOrder how the values of a block are numbered; a published derivation fixes it
 * @param derivation how tables follow from the secret
 */
public record KeySpec(
    List<TransformKind> transforms, int block, FlattenOrder flattenOrder, Derivation derivation) {

  /** The largest side of a block that a key may have. */
  public static final int LARGEST_BLOCK = 1024;

  private static final String VERSION = "wardlock-key-spec/1";
  private static final Pattern CANONICAL =
      Pattern.compile(
          "(\\S+) transform=(\\S+) block=([1-9][0-9]{0,3}) flatten=(\\S+) derivation=(\\S+)");

  /**
   * Checks the specification as a whole.
   *
   * @throws IllegalArgumentException if no such key can exist
   */
  public KeySpec {
    transforms = List.copyOf(transforms);
    require(
        !transforms.isEmpty(),
        "key: found no transform; expected at least one of %s",
        TransformKind.names());
    String chain = TransformKind.chainText(transforms);
    require(
        new HashSet<>(transforms).size() == transforms.size(),
        "key: transform %s names a step twice; expected each at most once",
        chain);
    require(
        block >= 1 && block <= LARGEST_BLOCK,
        "key: block size %d is out of range; expected 1 to %d",
        block,
        LARGEST_BLOCK);
    require(
        !transforms.contains(TransformKind.FFX)
            || transforms.subList(0, transforms.indexOf(TransformKind.FFX)).stream()
                .noneMatch(TransformKind::isNegating),
        "key: transform %s negates before ffx, which reads 8-bit values; expected ffx before negate",
        chain);
    FlattenOrder fixed = derivation.flattenOrder().orElse(flattenOrder);
    require(
        flattenOrder == fixed,
        "key: derivation %s flattens blocks as %s, found %s; expected the paper's own order",
        derivation.text(),
        fixed.text(),
        flattenOrder.text());
    for (TransformKind kind : transforms) {
      require(
          derivation.knows(kind),
          "key: transform %s with derivation %s: that paper has no %s; expected derivation %s",
          chain,
          derivation.text(),
          kind.text(),
          derivationsOf(kind, transforms));
    }
    List<TransformKind> whole = derivation.chain().orElse(transforms);
    require(
        transforms.equals(whole),
        "key: transform %s with derivation %s: that paper draws all steps of its chain from one"
            + " generator; expected %s",
        chain,
        derivation.text(),
        TransformKind.chainText(whole));
  }

  /** A key of the secure derivation, blocks flattened in HWC order. */
  public static KeySpec secure(int block, TransformKind... transforms) {
    return new KeySpec(List.of(transforms), block, FlattenOrder.HWC, Derivation.SECURE);
  }

  /**
   * A key of a published derivation, in that paper's flatten order.
   *
   * @throws IllegalArgumentException if {@code derivation} is {@link Derivation#SECURE}, or if the
   *     paper has no such transform or only as part of a longer chain
   */
  public static KeySpec published(Derivation derivation, int block, TransformKind... transforms) {
    FlattenOrder order =
        derivation
            .flattenOrder()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "key: derivation %s is not published; expected one of the papers' rules"
                            .formatted(derivation.text())));
    return new KeySpec(List.of(transforms), block, order, derivation);
  }

  /** The number of values in one block of a picture with this many channels. */
  public int blockLength(int channels) {
    if (channels < 1) {
      throw new IllegalArgumentException(
          "key: found a picture of %d channels; expected at least 1".formatted(channels));
    }
    return Math.multiplyExact(channels, block * block);
  }

  /** Whether any step needs to know where in the picture a block lies. */
  public boolean isPositional() {
    return transforms.stream().anyMatch(TransformKind::isPositional);
  }

  /** The chain as the command line writes it, such as {@code shuffle+negate}. */
  public String transformText() {
    return TransformKind.chainText(transforms);
  }

  /**
   * The one text form of this specification, with a version. It is stored with keys and models, and
   * enters every derivation, so that a changed specification gives a different key.
   */
  public String canonical() {
    // %s for the number, as %d would follow the locale's digits
    return "%s transform=%s block=%s flatten=%s derivation=%s"
        .formatted(VERSION, transformText(), block, flattenOrder.text(), derivation.text());
  }

  /**
   * Reads what {@link #canonical} wrote.
   *
   * @throws IllegalArgumentException if the text is of another version or describes no valid key
   */
  public static KeySpec parse(String canonical) {
    Matcher matcher = CANONICAL.matcher(canonical);
    require(
        matcher.matches() && matcher.group(1).equals(VERSION),
        "key specification '%s' is not readable; expected one that starts with %s",
        canonical,
        VERSION);
    return new KeySpec(
        TransformKind.parseChain(matcher.group(2)),
        Integer.parseInt(matcher.group(3)),
        FlattenOrder.parse(matcher.group(4)),
        Derivation.parse(matcher.group(5)));
  }

  /** Of those that draw one chain alone, only what draws this one. */
  private static String derivationsOf(TransformKind kind, List<TransformKind> transforms) {
    return Arrays.stream(Derivation.values())
        .filter(derivation -> derivation.knows(kind))
        .filter(derivation -> derivation.chain().orElse(transforms).equals(transforms))
        .map(Derivation::text)
        .collect(Collectors.joining(" or "));
  }

  private static void require(boolean condition, String message, Object... arguments) {
    if (!condition) {
      throw new IllegalArgumentException(message.formatted(arguments));
    }
  }
}
