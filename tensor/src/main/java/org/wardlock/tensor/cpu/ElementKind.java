package org.wardlock.tensor.cpu;

import org.wardlock.tensor.DType;

/** The Java arrays that hold elements. */
enum ElementKind {
  /** F32. */
  FLOAT(4),
  /** F16 and BF16, as bits. */
  SHORT(2),
  /** U8. */
  BYTE(1),
  /** I32. */
  INT(4),
  /** I64. */
  LONG(8);

  private final int size;

  ElementKind(int size) {
    this.size = size;
  }

  /** What holds elements of a type. */
  static ElementKind of(DType dtype) {
    return switch (dtype) {
      case F32 -> FLOAT;
      case F16, BF16 -> SHORT;
      case U8 -> BYTE;
      case I32 -> INT;
      case I64 -> LONG;
    };
  }

  /** The kind of an array. */
  static ElementKind of(Object array) {
    return switch (array) {
      case float[] _ -> FLOAT;
      case short[] _ -> SHORT;
      case byte[] _ -> BYTE;
      case int[] _ -> INT;
      case long[] _ -> LONG;
      default -> throw new IllegalArgumentException(array.getClass() + " holds no elements");
    };
  }

  /** A new array. */
  Object allocate(int length) {
    return switch (this) {
      case FLOAT -> new float[length];
      case SHORT -> new short[length];
      case BYTE -> new byte[length];
      case INT -> new int[length];
      case LONG -> new long[length];
    };
  }

  /** The length of an array of this kind. */
  int length(Object array) {
    return switch (this) {
      case FLOAT -> ((float[]) array).length;
      case SHORT -> ((short[]) array).length;
      case BYTE -> ((byte[]) array).length;
      case INT -> ((int[]) array).length;
      case LONG -> ((long[]) array).length;
    };
  }

  /** What this many elements take. */
  long bytes(int length) {
    return (long) length * size;
  }
}
