package org.wardlock.defense.differentiators;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a differentiator tells apart: which classes lie on which side. */
public sealed interface Distinction {
  /** How many sides there are. */
  int SIDES = 2;

  /** Whether pictures of a class are learnt from. */
  boolean concerns(int label);

  /** Whether a class decides which units are pruned. */
  boolean isOfInterest(int label);

  /**
   * The side on which a class lies, 0 or 1.
   *
   * @param label of a class that it concerns
   */
  int side(int label);

  /** The name in files, such as {@code 3-7} or {@code 3-rest}. */
  String name();

  /**
   * One class against another.
   *
   * @param first on side 0
   * @param second on side 1, the higher label
   */
  record Pair(int first, int second) implements Distinction {
    /** Checks the order. */
    public Pair {
      if (first < 0 || first >= second) {
        throw new IllegalArgumentException(
            "pair of classes %d and %d: expected the lower first".formatted(first, second));
      }
    }

    /** The pair of two classes, in whatever order. */
    public static Pair of(int one, int other) {
      return new Pair(Math.min(one, other), Math.max(one, other));
    }

    @Override
    public boolean concerns(int label) {
      return label == first || label == second;
    }

    @Override
    public boolean isOfInterest(int label) {
      return concerns(label);
    }

    @Override
    public int side(int label) {
      return label == first ? 0 : 1;
    }

    @Override
    public String name() {
      return first + "-" + second;
    }
  }

  /**
   * One class against all others.
   *
   * @param label on side 0
   */
  record OneVsRest(int label) implements Distinction {
    private static final String REST = "rest";

    @Override
    public boolean concerns(int other) {
      return true;
    }

    @Override
    public boolean isOfInterest(int other) {
      return other == label;
    }

    @Override
    public int side(int other) {
      return other == label ? 0 : 1;
    }

    @Override
    public String name() {
      return label + "-" + REST;
    }
  }

  /**
   * Reads a name.
   *
   * @throws IllegalArgumentException if it is none
   */
  static Distinction parse(String name) {
    Matcher matcher = Pattern.compile("(\\d{1,6})-(\\d{1,6}|rest)").matcher(name);
    if (!matcher.matches()) {
      throw new IllegalArgumentException(
          "differentiator '" + name + "': expected a name such as 3-7 or 3-rest");
    }
    int label = Integer.parseInt(matcher.group(1));
    return matcher.group(2).equals(OneVsRest.REST)
        ? new OneVsRest(label)
        : new Pair(label, Integer.parseInt(matcher.group(2)));
  }
}
