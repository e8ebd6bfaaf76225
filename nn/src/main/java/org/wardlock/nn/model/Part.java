package org.wardlock.nn.model;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** The parts of a network that are trained, or frozen, together. */
public enum Part {
  /** What meets the pixels: patch embedding, or a convolutional network's stem with its norm. */
  PATCH_EMBED,
  /** A transformer's class token, distillation token and position embedding. */
  POSITION,
  /** The blocks, and a norm behind them. */
  BODY,
  /** The layer that tells the classes apart, or both. */
  HEAD;

  private static final Set<String> POSITIONS = Set.of("cls_token", "dist_token", "pos_embed");

  /** All parts. */
  public static final Set<Part> ALL = Set.of(values());

  /** The part that a parameter of a network belongs to. */
  public static Part of(Body body, String parameter) {
    if (body.headNames().stream().anyMatch(head -> parameter.startsWith(head + "."))) {
      return HEAD;
    }
    boolean first =
        switch (body) {
          case VisionTransformer.Size _ -> parameter.startsWith("patch_embed.");
          case ConvMixer.Size _ -> parameter.startsWith("stem.");
          case ResNet.Size _ -> parameter.startsWith("conv1.") || parameter.startsWith("bn1.");
        };
    return first ? PATCH_EMBED : POSITIONS.contains(parameter) ? POSITION : BODY;
  }

  /**
   * Reads a list such as {@code patch-embed,head}.
   *
   * @throws IllegalArgumentException if a word is unknown
   */
  public static Set<Part> parse(String text) {
    var parts = EnumSet.noneOf(Part.class);
    for (String word : text.split(",", -1)) {
      parts.add(
          Arrays.stream(values())
              .filter(part -> part.toString().equals(word.strip()))
              .findFirst()
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "part '%s' in '%s': expected %s, with commas between"
                              .formatted(word.strip(), text, text(ALL)))));
    }
    return parts;
  }

  /** A set as {@link #parse} reads it. */
  public static String text(Set<Part> parts) {
    return parts.stream().sorted().map(Part::toString).collect(Collectors.joining(","));
  }

  /** The name as options and files spell it. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
