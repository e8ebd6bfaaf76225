package org.wardlock.nn.weights;

import java.util.Optional;
import org.wardlock.tensor.DType;

/** The element types that safetensors files name; some can be found, but not computed with. */
enum StoredType {
  BOOL(1),
  U8(1, DType.U8),
  I8(1),
  F8_E4M3(1),
  F8_E5M2(1),
  I16(2),
  U16(2),
  F16(2, DType.F16),
  BF16(2, DType.BF16),
  I32(4, DType.I32),
  U32(4),
  F32(4, DType.F32),
  I64(8, DType.I64),
  U64(8),
  F64(8);

  private final int bytes;
  private final Optional<DType> dtype;

  StoredType(int bytes) {
    this.bytes = bytes;
    this.dtype = Optional.empty();
  }

  StoredType(int bytes, DType dtype) {
    this.bytes = bytes;
    this.dtype = Optional.of(dtype);
  }

  static StoredType of(DType dtype) {
    return valueOf(dtype.name());
  }

  /** Bytes an element takes. */
  int bytes() {
    return bytes;
  }

  /** The type of a tensor that holds such elements, if there is one. */
  Optional<DType> dtype() {
    return dtype;
  }
}
