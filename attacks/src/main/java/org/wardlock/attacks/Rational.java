package org.wardlock.attacks;

import java.math.BigDecimal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * An exact fraction, as written: 12/255 stays 12/255, and equals 4/85. Radii such as 8/255 have no
 * exact float, so they are kept as fractions and compared without rounding.
 *
 * @param numerator at most 2^53 in magnitude
 * @param denominator from 1 to 2^53
 */
public record Rational(long numerator, long denominator) implements Comparable<Rational> {
  /** Zero. */
  public static final Rational ZERO = new Rational(0, 1);

  private static final long LARGEST = 1L << 53;
  private static final Pattern FRACTION = Pattern.compile("([0-9]{1,16})/([0-9]{1,16})");
  private static final Pattern DECIMAL =
      Pattern.compile("[0-9]{1,16}(\\.[0-9]{0,16})?([eE][-+]?[0-9]{1,2})?");

  /** Checks the range. */
  public Rational {
    if (denominator < 1) {
      throw new IllegalArgumentException(
          "rational " + numerator + "/" + denominator + ": the denominator must be at least 1");
    }
    if (numerator > LARGEST || numerator < -LARGEST || denominator > LARGEST) {
      throw new IllegalArgumentException(
          "rational " + numerator + "/" + denominator + ": more than 2^53 above or below the line");
    }
  }

  /** numerator / denominator. */
  public static Rational of(long numerator, long denominator) {
    return new Rational(numerator, denominator);
  }

  /**
   * Reads a fraction such as {@code 8/255} or a decimal such as {@code 0.5}, {@code 2} or {@code
   * 1e-3}, exactly as written.
   *
   * @throws IllegalArgumentException if the text has another form, or needs more than 2^53 above or
   *     below the line
   */
  public static Rational parse(String text) {
    Matcher fraction = FRACTION.matcher(text);
    try {
      if (fraction.matches()) {
        return of(Long.parseLong(fraction.group(1)), Long.parseLong(fraction.group(2)));
      }
      if (DECIMAL.matcher(text).matches()) {
        BigDecimal value = new BigDecimal(text).stripTrailingZeros();
        int places = Math.max(value.scale(), 0);
        return inLowestTerms(
            value.movePointRight(places).longValueExact(),
            BigDecimal.TEN.pow(places).longValueExact());
      }
    } catch (ArithmeticException | IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no exact fraction that fits: " + e.getMessage(), e);
    }
    throw new IllegalArgumentException(
        "'" + text + "': expected a fraction such as 8/255 or a number such as 0.5");
  }

  private static Rational inLowestTerms(long numerator, long denominator) {
    long divisor = greatestCommonDivisor(numerator, denominator);
    return of(numerator / divisor, denominator / divisor);
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? Math.abs(a) : greatestCommonDivisor(b, a % b);
  }

  /**
   * This, a whole number of times.
   *
   * @throws IllegalArgumentException if the product does not fit
   */
  public Rational times(int count) {
    return of(Math.multiplyExact(numerator, count), denominator);
  }

  /** The nearest double. */
  public double toDouble() {
    // both operands are exact doubles, so the quotient is rounded once
    return (double) numerator / denominator;
  }

  /** Compares this with the exact value of |a - b|: negative if this is smaller. */
  public int compareToDistance(float a, float b) {
    double distance = Math.abs((double) a - b);
    double nearest = toDouble();
    if (distance != nearest) {
      // rounding keeps order: where the rounded values differ, the exact ones differ alike
      return Double.compare(nearest, distance);
    }
    BigDecimal exact = new BigDecimal(a).subtract(new BigDecimal(b)).abs();
    return BigDecimal.valueOf(numerator).compareTo(exact.multiply(BigDecimal.valueOf(denominator)));
  }

  /** Compares the exact values. */
  @Override
  public int compareTo(Rational other) {
    return BigDecimal.valueOf(numerator)
        .multiply(BigDecimal.valueOf(other.denominator))
        .compareTo(BigDecimal.valueOf(other.numerator).multiply(BigDecimal.valueOf(denominator)));
  }

  /** Whether the values are equal, however they are written. */
  @Override
  public boolean equals(Object other) {
    return other instanceof Rational rational && compareTo(rational) == 0;
  }

  @Override
  public int hashCode() {
    // equal values are equal doubles
    return Double.hashCode(toDouble());
  }

  /** Such as {@code 8/255}, or {@code 2} for a whole number. */
  @Override
  public String toString() {
    return denominator == 1 ? Long.toString(numerator) : numerator + "/" + denominator;
  }
}
