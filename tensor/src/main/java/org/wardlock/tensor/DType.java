package org.wardlock.tensor;

/**
 * The element types a tensor can hold. Arithmetic is in {@link #F32}; the others live at the edges.
 */
public enum DType {
  /** IEEE 754 binary32: the type of all computation. */
  F32(4),
  /** IEEE 754 binary16: stored weights. */
  F16(2),
  /** The upper half of a binary32: stored weights, mixed precision. */
  BF16(2),
  /** Unsigned bytes: pixels. */
  U8(1),
  /** Signed 32-bit integers: labels and indices. */
  I32(4),
  /** Signed 64-bit integers: counters and random streams. */
  I64(8);

  private final int bytes;

  DType(int bytes) {
    this.bytes = bytes;
  }

  /** Whether values have a fraction, so that gradients flow through them. */
  public boolean isFloatingPoint() {
    return switch (this) {
      case F32, F16, BF16 -> true;
      case U8, I32, I64 -> false;
    };
  }

  /** Bytes an element takes. */
  public int bytes() {
    return bytes;
  }
}
