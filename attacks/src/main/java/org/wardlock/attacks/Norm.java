package org.wardlock.attacks;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** How the size of a change to a picture is measured, over all its pixels and channels. */
public enum Norm {
  /** The largest change of one value. */
  LINF,
  /** The square root of the sum of squares. */
  L2,
  /** The sum of magnitudes. */
  L1;

  /**
   * Reads {@code linf}, {@code l2} or {@code l1}.
   *
   * @throws IllegalArgumentException for anything else
   */
  public static Norm parse(String text) {
    return Arrays.stream(values())
        .filter(norm -> norm.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "norm '"
                        + text
                        + "': expected one of "
                        + Arrays.stream(values())
                            .map(Norm::toString)
                            .collect(Collectors.joining(", "))));
  }

  /** The norm of a - b, accumulated in double. */
  public double distance(float[] a, float[] b) {
    if (a.length != b.length) {
      throw new IllegalArgumentException(
          "distance: pictures of " + a.length + " and " + b.length + " values");
    }
    // one loop a norm: a choice inside would be made for every value
    return switch (this) {
      case LINF -> largest(a, b);
      case L2 -> Math.sqrt(sumOfSquares(a, b));
      case L1 -> sum(a, b);
    };
  }

  private static double largest(float[] a, float[] b) {
    double largest = 0;
    for (int i = 0; i < a.length; i++) {
      largest = Math.max(largest, Math.abs((double) a[i] - b[i]));
    }
    return largest;
  }

  private static double sumOfSquares(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      double change = (double) a[i] - b[i];
      sum += change * change;
    }
    return sum;
  }

  private static double sum(float[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += Math.abs((double) a[i] - b[i]);
    }
    return sum;
  }

  /** {@code linf}, {@code l2} or {@code l1}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
