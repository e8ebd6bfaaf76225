package org.wardlock.defense.compress;

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

  /** Pixels to a sample, across and down. */
  public int factor() {
    return factor;
  }

  /** The side of the squares of pixels that are coded together. */
  int unit() {
    return factor * QuantizationTable.SIDE;
  }
}
