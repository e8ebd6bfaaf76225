package org.wardlock.defense.compress;

import java.util.Arrays;

/** How finely JPEG samples colour. */
public enum Subsampling {
  /** 4:4:4: as finely as brightness. */
  NONE(1),
  /** 4:2:0: one sample for two by two pixels. */
  HALF(2);

  private final int factor;

  Subsampling(int factor) {
    this.factor = factor;
  }

  /**
   * Reads what users write.
   *
   * @param text 4:4:4 or 4:2:0
   */
  public static Subsampling parse(String text) {
    return Arrays.stream(values())
        .filter(one -> one.toString().equals(text))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "subsampling '%s': expected 4:4:4 or 4:2:0".formatted(text)));
  }

  /** Pixels to a sample, across and down. */
  public int factor() {
    return factor;
  }

  /** As users write it. */
  @Override
  public String toString() {
    return this == NONE ? "4:4:4" : "4:2:0";
  }

  /** The side of the squares of pixels that are coded together. */
  int unit() {
    return factor * QuantizationTable.SIDE;
  }
}
