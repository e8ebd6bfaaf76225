package org.wardlock.tensor.cpu;

import org.wardlock.tensor.Philox;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.Operand;

/**
 * {@link org.wardlock.tensor.spi.Backend#random}: each number is a function of its place, so any
 * cut will do.
 */
final class RandomNumbers {
  private RandomNumbers() {}

  static void fill(
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
            for (int i = start; i < end; i++) {
              Philox philox = new Philox(seed, purpose, stream[numbers.offset() + i / columns]);
              to.data()[to.offset() + i] = draw(distribution, philox, i % columns);
            }
          });
    }
  }

  private static float draw(Distribution distribution, Philox philox, int position) {
    return switch (distribution) {
      case UNIFORM -> philox.uniform(position);
      case NORMAL -> normal(philox, position);
    };
  }

  /** By Box and Muller (1958); StrictMath gives the same bits whatever the JIT has done. */
  private static float normal(Philox philox, int position) {
    int even = position & ~1;
    double radius = StrictMath.sqrt(-2 * StrictMath.log(1 - (double) philox.uniform(even)));
    double angle = 2 * Math.PI * philox.uniform(even + 1);
    return (float) (radius * (even == position ? StrictMath.cos(angle) : StrictMath.sin(angle)));
  }
}
