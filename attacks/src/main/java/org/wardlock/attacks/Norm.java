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
    double result = 0;
    for (int i = 0; i < a.length; i++) {
      double change = Math.abs((double) a[i] - b[i]);
      result =
          switch (this) {
            case LINF -> Math.max(result, change);
            case L2 -> result + change * change;
            case L1 -> result + change;
          };
    }
    return this == L2 ? Math.sqrt(result) : result;
  }

  /** {@code linf}, {@code l2} or {@code l1}. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
