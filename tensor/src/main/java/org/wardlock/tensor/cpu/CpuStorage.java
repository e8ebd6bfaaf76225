package org.wardlock.tensor.cpu;

import org.wardlock.tensor.DType;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.Storage;

/** Elements in a Java array of their type: float[], short[], byte[], int[] or long[]. */
final class CpuStorage extends Storage {
  private final Object array;

  CpuStorage(Backend backend, DType dtype, int size) {
    super(backend, dtype, size);
    this.array =
        switch (dtype) {
          case F32 -> new float[size];
          case F16, BF16 -> new short[size];
          case U8 -> new byte[size];
          case I32 -> new int[size];
          case I64 -> new long[size];
        };
  }

  Object array() {
    return array;
  }

  float[] floats() {
    return (float[]) array;
  }

  @Override
  protected void recycle() {}
}
