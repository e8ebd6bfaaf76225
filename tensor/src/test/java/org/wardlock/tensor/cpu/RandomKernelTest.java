package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.Philox;
import org.wardlock.tensor.cpu.vector.VectorRandom;
import org.wardlock.tensor.spi.Distribution;

class RandomKernelTest {
  private static final RandomKernel SCALAR = new ScalarRandom();
  private static final RandomKernel VECTOR = new VectorRandom();

  @Property(tries = 300)
  void twinsAgreeToTheBitWithPhiloxAndWithDouble(
      @ForAll Distribution distribution,
      @ForAll long seed,
      @ForAll int purpose,
      @ForAll long stream,
      @ForAll @LongRange(max = (1L << 34) - 2000) long position,
      @ForAll @IntRange(max = 300) int length) {
    float[] scalar = new float[length + 4];
    Arrays.fill(scalar, RowSamples.UNTOUCHED);
    float[] vector = scalar.clone();
    SCALAR.fill(distribution, seed, purpose, stream, position, scalar, 3, length);
    VECTOR.fill(distribution, seed, purpose, stream, position, vector, 3, length);
    assertArrayEquals(scalar, vector);
    assertEquals(RowSamples.UNTOUCHED, vector[2]);
    assertEquals(RowSamples.UNTOUCHED, vector[length + 3]);
    var philox = new Philox(seed, purpose, stream);
    for (int i = 0; i < length; i++) {
      if (distribution == Distribution.UNIFORM) {
        assertEquals(philox.uniform(position + i), vector[3 + i]);
      } else {
        assertEquals(normal(philox, position + i), vector[3 + i], 2e-6);
      }
    }
  }

  private static double normal(Philox philox, long position) {
    double radius = Math.sqrt(-2 * Math.log(1 - (double) philox.uniform(position & ~1)));
    double angle = 2 * Math.PI * philox.uniform(position | 1);
    return radius * ((position & 1) == 0 ? Math.cos(angle) : Math.sin(angle));
  }

  @Test
  void aRowIsTheSameInPiecesAsInOne() {
    float[] whole = new float[10_000];
    VECTOR.fill(Distribution.NORMAL, 5, 6, 7, 0, whole, 0, whole.length);
    float[] pieces = new float[whole.length];
    for (int at = 0, size = 1; at < whole.length; at += size, size = size * 3 % 997) {
      int count = Math.min(size, whole.length - at);
      VECTOR.fill(Distribution.NORMAL, 5, 6, 7, at, pieces, at, count);
    }
    assertArrayEquals(whole, pieces);
  }

  @Test
  void normalNumbersHaveTheMomentsOfTheirDistribution() {
    int count = 1 << 20;
    float[] x = new float[count];
    VECTOR.fill(Distribution.NORMAL, 1, 2, 3, 0, x, 0, count);
    double[] moments = new double[5];
    for (float value : x) {
      for (int power = 1; power <= 4; power++) {
        moments[power] += Math.pow(value, power) / count;
      }
    }
    // Five standard deviations of each mean: sqrt(var(x^k) / count).
    assertEquals(0, moments[1], 5 * Math.sqrt(1.0 / count));
    assertEquals(1, moments[2], 5 * Math.sqrt(2.0 / count));
    assertEquals(0, moments[3], 5 * Math.sqrt(15.0 / count));
    assertEquals(3, moments[4], 5 * Math.sqrt(96.0 / count));
  }
}
