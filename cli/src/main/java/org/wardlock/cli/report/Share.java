package org.wardlock.cli.report;

import java.util.Locale;
import java.util.Optional;
import org.wardlock.attacks.evaluation.WilsonInterval;

/**
 * A part of some pictures, and the interval that it stands for where that is known.
 *
 * @param value from 0 to 1
 */
public record Share(double value, Optional<WilsonInterval> interval) {
  /** A share whose interval is not known. */
  public static Share of(double value) {
    return new Share(value, Optional.empty());
  }

  /** A share of so many pictures. */
  public static Share of(double value, long pictures) {
    return new Share(value, Optional.of(WilsonInterval.of(Math.round(value * pictures), pictures)));
  }

  /** Such as {@code 12.5 %}. */
  public String text() {
    return percent(value) + " %";
  }

  /** Such as {@code 10.1 to 15.3 %}; empty where no interval is known. */
  public String intervalText() {
    return interval.map(ends -> rangeText(ends.low(), ends.high())).orElse("");
  }

  /** Two parts of 1 as the ends of a range. */
  public static String rangeText(double low, double high) {
    return percent(low) + " to " + percent(high) + " %";
  }

  private static String percent(double value) {
    return String.format(Locale.ROOT, "%.1f", 100 * value);
  }
}
