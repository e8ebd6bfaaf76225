package org.wardlock.attacks.extraction;

import java.util.Locale;

/** How a thief chooses the pictures to ask about. */
public enum QueryStrategy {
  /** The pool's first ones, in its order. */
  IN_ORDER,
  /** In a random order, without replacement. */
  RANDOM,
  /**
   * By what earlier answers were worth: a gradient bandit over groups of like pictures (Orekondy,
   * Schiele and Fritz 2019).
   */
  ADAPTIVE;

  /**
   * Reads {@code random} or {@code adaptive}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static QueryStrategy parse(String text) {
    return switch (text) {
      case "random" -> RANDOM;
      case "adaptive" -> ADAPTIVE;
      default ->
          throw new IllegalArgumentException(
              "strategy '" + text + "': expected random or adaptive");
    };
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
