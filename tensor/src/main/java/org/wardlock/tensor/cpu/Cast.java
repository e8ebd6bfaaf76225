package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Operand;

/** Converts an operand to another element type. */
final class Cast {
  private Cast() {}

  /** Converts as {@link Conversion} says; {@code out} is contiguous. */
  static void cast(Operand x, Operand out, CpuContext context) {
    Object array = Dense.array(out);
    int outAt = Dense.offset(out);
    try (Dense dense = Dense.of(x, context)) {
      Chunks.run(
          context,
          Math.toIntExact(x.shape().count()),
          1,
          (start, end) ->
              Conversion.convert(
                  dense.array(),
                  x.dtype(),
                  dense.offset() + start,
                  array,
                  out.dtype(),
                  outAt + start,
                  end - start));
    }
  }
}
