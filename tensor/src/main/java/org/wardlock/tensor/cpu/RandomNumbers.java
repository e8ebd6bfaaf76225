package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Operand;

/**
 * {@link org.wardlock.tensor.spi.Backend#random}: each number is a function of its place, so any
 * cut will do.
 */
final class RandomNumbers {
  private RandomNumbers() {}

  static void fill(
      RandomKernel kernel,
      Distribution distribution,
      long seed,
      int purpose,
      Operand streams,
      Operand out,
      CpuContext context) {
    int columns = out.shape().extent(1);
    FloatSlice to = Dense.slice(out);
    try (Dense numbers = Dense.of(streams, context)) {
      long[] stream = (long[]) numbers.array();
      Chunks.run(
          context,
          Math.toIntExact(out.shape().count()),
          1,
          (start, end) -> {
            int at = start;
            while (at < end) {
              int position = at % columns;
              int length = Math.min(columns - position, end - at);
              long row = stream[numbers.offset() + at / columns];
              kernel.fill(
                  distribution, seed, purpose, row, position, to.data(), to.offset() + at, length);
              at += length;
            }
          });
    }
  }
}
