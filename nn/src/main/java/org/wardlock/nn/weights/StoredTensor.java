package org.wardlock.nn.weights;

import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;

/**
 * Where a tensor lies in a file: its bytes are those from {@code begin} (inclusive) to {@code end}
 * (exclusive) of the part after the header.
 */
record StoredTensor(String name, StoredType type, Shape shape, long begin, long end) {
  /** A tensor that is to lie where others end. */
  static StoredTensor at(long begin, String name, DType dtype, Shape shape) {
    long end = begin + shape.count() * dtype.bytes();
    return new StoredTensor(name, StoredType.of(dtype), shape, begin, end);
  }
}
