package org.wardlock.tensor.cpu;

import org.wardlock.tensor.spi.Operand;

/**
 * The largest values along the last axis, largest first. Among equals the lowest index comes first,
 * zeros of either sign being equal; NaN counts as larger than any number.
 */
final class TopK {
  private TopK() {}

  /** Finds {@code k} values a row; {@code values} and {@code indices} are contiguous. */
  static void find(Operand x, int k, Operand values, Operand indices, CpuContext context) {
    int length = x.shape().extent(-1);
    int rows = length == 0 ? 0 : Math.toIntExact(x.shape().count() / length);
    float[] best = Dense.floats(values);
    int[] where = (int[]) Dense.array(indices);
    int bestAt = Dense.offset(values);
    int whereAt = Dense.offset(indices);
    try (Dense rowsOfX = Dense.of(x, context)) {
      Chunks.run(
          context,
          rows,
          length,
          (start, end) -> {
            for (int row = start; row < end; row++) {
              find(
                  rowsOfX.floats(),
                  rowsOfX.offset() + row * length,
                  length,
                  k,
                  best,
                  bestAt + row * k,
                  where,
                  whereAt + row * k);
            }
          });
    }
  }

  private static void find(
      float[] x, int at, int length, int k, float[] best, int bestAt, int[] where, int whereAt) {
    int found = 0;
    for (int i = 0; i < length; i++) {
      float value = x[at + i];
      if (found == k && !isLarger(value, best[bestAt + k - 1])) {
        continue;
      }
      int place = found < k ? found++ : k - 1;
      while (place > 0 && isLarger(value, best[bestAt + place - 1])) {
        best[bestAt + place] = best[bestAt + place - 1];
        where[whereAt + place] = where[whereAt + place - 1];
        place--;
      }
      best[bestAt + place] = value;
      where[whereAt + place] = i;
    }
  }

  private static boolean isLarger(float a, float b) {
    return a > b || (Float.isNaN(a) && !Float.isNaN(b));
  }
}
