package org.wardlock.tensor.testing;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.HostMemory;
import org.wardlock.tensor.spi.Storage;

/**
 * Bytes in a memory segment. What is not written yet, or released, is NaN as a float and -1 as an
 * integer.
 */
final class PlainStorage extends Storage {
  private static final byte POISON = (byte) 0xFF;

  private final MemorySegment bytes;
  private final boolean wide;
  private final Runnable onRelease;

  /**
   * A new storage.
   *
   * @param wide whether F32 is held as a double
   */
  PlainStorage(Backend backend, DType dtype, int size, boolean wide, Runnable onRelease) {
    super(backend, dtype, size);
    this.wide = wide && dtype == DType.F32;
    this.onRelease = onRelease;
    int width = this.wide ? Double.BYTES : dtype.bytes();
    // backed by longs, so that elements of every width are aligned
    this.bytes =
        MemorySegment.ofArray(new long[Math.ceilDiv(Math.multiplyExact(size, width), Long.BYTES)]);
    bytes.fill(POISON);
  }

  boolean isWide() {
    return wide;
  }

  MemorySegment bytes() {
    if (isReleased()) {
      throw new IllegalStateException(
          "a kernel was given a storage of "
              + size()
              + " "
              + dtype()
              + " elements that was released");
    }
    return bytes;
  }

  double get(long index) {
    MemorySegment from = bytes();
    return switch (dtype()) {
      case F32 ->
          wide
              ? from.getAtIndex(ValueLayout.JAVA_DOUBLE, index)
              : from.getAtIndex(ValueLayout.JAVA_FLOAT, index);
      case F16 -> Float.float16ToFloat(from.getAtIndex(ValueLayout.JAVA_SHORT, index));
      case BF16 -> Float.intBitsToFloat(from.getAtIndex(ValueLayout.JAVA_SHORT, index) << 16);
      case U8 -> from.get(ValueLayout.JAVA_BYTE, index) & 0xFF;
      case I32 -> from.getAtIndex(ValueLayout.JAVA_INT, index);
      case I64 -> from.getAtIndex(ValueLayout.JAVA_LONG, index);
    };
  }

  void set(long index, double value) {
    MemorySegment to = bytes();
    switch (dtype()) {
      case F32 -> {
        if (wide) {
          to.setAtIndex(ValueLayout.JAVA_DOUBLE, index, value);
        } else {
          to.setAtIndex(ValueLayout.JAVA_FLOAT, index, (float) value);
        }
      }
      case F16 -> to.setAtIndex(ValueLayout.JAVA_SHORT, index, Float.floatToFloat16((float) value));
      case BF16 -> to.setAtIndex(ValueLayout.JAVA_SHORT, index, brainFloat((float) value));
      case U8 -> to.set(ValueLayout.JAVA_BYTE, index, (byte) Math.clamp((long) value, 0, 255));
      case I32 -> to.setAtIndex(ValueLayout.JAVA_INT, index, (int) value);
      case I64 -> to.setAtIndex(ValueLayout.JAVA_LONG, index, (long) value);
    }
  }

  long getLong(long index) {
    return bytes().getAtIndex(ValueLayout.JAVA_LONG, index);
  }

  /** Copies one element of the same type, to the last bit. */
  void copy(long index, PlainStorage from, long fromIndex) {
    int width = wide ? Double.BYTES : dtype().bytes();
    HostMemory.copy(from.bytes(), fromIndex * width, bytes(), index * width, width);
  }

  /** The upper half of the bits, rounded to nearest even; NaN stays NaN. */
  private static short brainFloat(float value) {
    int bits = Float.floatToRawIntBits(value);
    if (Float.isNaN(value)) {
      return (short) (bits >>> 16 | 0x40);
    }
    int lowestKept = bits >>> 16 & 1;
    return (short) (bits + 0x7FFF + lowestKept >>> 16);
  }

  @Override
  protected void recycle() {
    bytes.fill(POISON);
    onRelease.run();
  }
}
