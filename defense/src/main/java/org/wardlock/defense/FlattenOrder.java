package org.wardlock.defense;

import java.util.Arrays;
import java.util.Locale;

/** The order in which the values of a block are numbered before a key permutes or masks them. */
public enum FlattenOrder {
  /** Row, column, channel: the order of arXiv 2010.00801's official code. */
  HWC,

  /** Channel, row, column: the order of arXiv 2207.11939 and of a convolution's weight. */
  CHW;

  /** The name used on the command line and in files, in lower case. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * Reads {@code hwc} or {@code chw}.
   *
   * @throws IllegalArgumentException if the name is neither
   */
  public static FlattenOrder parse(String text) {
    return Arrays.stream(values())
        .filter(order -> order.text().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "flatten order '%s' is unknown; expected hwc or chw".formatted(text)));
  }
}
