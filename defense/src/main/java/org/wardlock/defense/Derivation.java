package org.wardlock.defense;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** How the tables of a key's transforms follow from its secret. */
public enum Derivation {
  /** HKDF-SHA256 over 256 random bits and an unbiased shuffle: what a deployment uses. */
  SECURE("secure", null, EnumSet.allOf(TransformKind.class)),

  /**
   * The official code of arXiv 2010.00801: {@code torch.manual_seed(seed)}, {@code randperm}.
   * Insecure: a 32-bit seed is found by trying them all.
   */
  PUBLISHED_2010_00801(
      "published:2010.00801",
      FlattenOrder.HWC,
      EnumSet.of(TransformKind.SHUFFLE, TransformKind.NEGATE, TransformKind.FFX)),

  /**
   * The authors' scripts for arXiv 2207.11939: the same generator, another flatten order and
   * another rule for masks; blocks change places by a {@code randperm} of the same seed. Insecure
   * for the same reason.
   */
  PUBLISHED_2207_11939(
      "published:2207.11939",
      FlattenOrder.CHW,
      EnumSet.of(TransformKind.SHUFFLE, TransformKind.NEGATE, TransformKind.SCRAMBLE));

  private final String text;
  private final FlattenOrder flattenOrder;
  private final Set<TransformKind> transforms;

  Derivation(String text, FlattenOrder flattenOrder, Set<TransformKind> transforms) {
    this.text = text;
    this.flattenOrder = flattenOrder;
    this.transforms = transforms;
  }

  /** Whether it says how the tables of a transform follow from the secret. */
  public boolean knows(TransformKind kind) {
    return transforms.contains(kind);
  }

  /** The name used in files and reports. */
  public String text() {
    return text;
  }

  /** Whether the secret can be trusted to stay one. */
  public boolean isSecure() {
    return this == SECURE;
  }

  /** The flatten order the rule is tied to; empty where either may be chosen. */
  public Optional<FlattenOrder> flattenOrder() {
    return Optional.ofNullable(flattenOrder);
  }

  /**
   * Reads what {@link #text} wrote.
   *
   * @throws IllegalArgumentException if the name is unknown
   */
  public static Derivation parse(String text) {
    return Arrays.stream(values())
        .filter(derivation -> derivation.text.equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "derivation '%s' is unknown; expected one of %s".formatted(text, names())));
  }

  /**
   * The published derivation of a paper.
   *
   * @param paper its arXiv number, {@code 2010.00801} or {@code 2207.11939}
   * @throws IllegalArgumentException if no rule of that paper is known
   */
  public static Derivation publishedIn(String paper) {
    return Arrays.stream(values())
        .filter(derivation -> derivation.text.equals("published:" + paper))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "published rule '%s' is unknown; expected 2010.00801 or 2207.11939"
                        .formatted(paper)));
  }

  private static String names() {
    return Arrays.stream(values()).map(Derivation::text).collect(Collectors.joining(", "));
  }
}
