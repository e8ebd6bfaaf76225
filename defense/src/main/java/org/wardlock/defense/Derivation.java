package org.wardlock.defense;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
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
      EnumSet.of(TransformKind.SHUFFLE, TransformKind.NEGATE, TransformKind.SCRAMBLE)),

  /**
   * The authors' repository for arXiv 2204.07707 (fugokidi/etc-classify): encryption then
   * compression, one generator for all steps, so that only their whole chain follows from a seed
   * ({@link PublishedBlockTables}). No step numbers the values of a block; CHW is how the script's
   * tensors lie. Insecure for the same reason.
   */
  PUBLISHED_2204_07707(
      "published:2204.07707",
      FlattenOrder.CHW,
      List.of(
          TransformKind.SCRAMBLE,
          TransformKind.ROTATE,
          TransformKind.FLIP,
          TransformKind.NEGATE_BLOCK,
          TransformKind.CHANNELS));

  private static final String PUBLISHED = "published:";

  private final String text;
  private final FlattenOrder flattenOrder;
  private final Set<TransformKind> transforms;
  private final List<TransformKind> chain;

  Derivation(String text, FlattenOrder flattenOrder, Set<TransformKind> transforms) {
    this(text, flattenOrder, transforms, List.of());
  }

  Derivation(String text, FlattenOrder flattenOrder, List<TransformKind> chain) {
    this(text, flattenOrder, EnumSet.copyOf(chain), chain);
  }

  Derivation(
      String text,
      FlattenOrder flattenOrder,
      Set<TransformKind> transforms,
      List<TransformKind> chain) {
    this.text = text;
    this.flattenOrder = flattenOrder;
    this.transforms = transforms;
    this.chain = chain;
  }

  /** Whether it says how the tables of a transform follow from the secret. */
  public boolean knows(TransformKind kind) {
    return transforms.contains(kind);
  }

  /** The one chain the rule draws for; empty where its steps may be combined at will. */
  public Optional<List<TransformKind>> chain() {
    return chain.isEmpty() ? Optional.empty() : Optional.of(chain);
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
   * @param paper its arXiv number, {@code 2010.00801}, {@code 2207.11939} or {@code 2204.07707}
   * @throws IllegalArgumentException if no rule of that paper is known
   */
  public static Derivation publishedIn(String paper) {
    return Arrays.stream(values())
        .filter(derivation -> derivation.text.equals(PUBLISHED + paper))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "published rule '%s' is unknown; expected one of %s"
                        .formatted(paper, papers())));
  }

  private static String papers() {
    return Arrays.stream(values())
        .filter(derivation -> !derivation.isSecure())
        .map(derivation -> derivation.text.substring(PUBLISHED.length()))
        .collect(Collectors.joining(", "));
  }

  private static String names() {
    return Arrays.stream(values()).map(Derivation::text).collect(Collectors.joining(", "));
  }
}
