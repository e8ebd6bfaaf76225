package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.wardlock.tensor.DType;

class ArrayPoolTest {
  @Property
  void arraysAreLongEnoughAndWasteLittle(
      @ForAll @IntRange(max = 1 << 20) int size, @ForAll DType dtype) {
    var pool = new ArrayPool(1 << 30, false);
    Object array = pool.take(dtype, size);
    int length = ElementKind.of(array).length(array);
    assertTrue(length >= size, size + " gave " + length);
    assertTrue(length <= Math.max(64, size * (65 / 64.0)), size + " gave " + length);
    assertEquals((long) length * dtype.bytes(), pool.lentBytes());
    pool.release(array);
    assertEquals(0, pool.lentBytes());
    assertEquals((long) length * dtype.bytes(), pool.keptBytes());
    assertSame(array, pool.take(dtype, size));
    assertEquals(0, pool.keptBytes());
  }

  @Test
  void whatNobodyNeedsAnyMoreIsNotKept() {
    var pool = new ArrayPool(1L << 30, false);
    int unused = 1 << 20;
    pool.release(pool.takeFloats(unused));
    int used = 1 << 18;
    for (int round = 0; round < 1000; round++) {
      float[] first = pool.takeFloats(used);
      float[] second = pool.takeFloats(used);
      pool.release(first);
      pool.release(second);
    }
    assertEquals(2L * used * Float.BYTES, pool.keptBytes());
    assertEquals(0, pool.lentBytes());
  }

  @Test
  void typesAndSizesAreKeptApart() {
    var pool = new ArrayPool(1 << 20, false);
    float[] floats = pool.takeFloats(100);
    pool.release(floats);
    assertNotSame(floats, pool.take(DType.I32, 100));
    assertNotSame(floats, pool.takeFloats(200));
    assertSame(floats, pool.takeFloats(100));
  }

  @Test
  void whatExceedsTheCapacityIsNotKept() {
    var pool = new ArrayPool(1000, false);
    float[] small = pool.takeFloats(128);
    float[] large = pool.takeFloats(1024);
    pool.release(large);
    assertEquals(0, pool.keptBytes());
    pool.release(small);
    assertEquals(512, pool.keptBytes());
    pool.clear();
    assertEquals(0, pool.keptBytes());
    assertNotSame(small, pool.takeFloats(128));
  }

  @Test
  void poisonMakesReleasedFloatsNaN() {
    var pool = new ArrayPool(1 << 20, true);
    float[] array = pool.takeFloats(10);
    assertTrue(Float.isNaN(array[0]));
    array[3] = 1;
    pool.release(array);
    assertTrue(Float.isNaN(array[3]));
  }

  @Test
  void aStrangersArrayIsRefused() {
    var pool = new ArrayPool(1 << 20, false);
    var failure = assertThrows(IllegalArgumentException.class, () -> pool.release(new float[33]));
    assertEquals("array of 33 elements is not of this pool", failure.getMessage());
  }

  @Test
  void threadsNeverShareAnArray() throws Exception {
    var pool = new ArrayPool(1 << 24, false);
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      Future<?>[] running = new Future<?>[4];
      for (int thread = 0; thread < 4; thread++) {
        float mark = thread;
        running[thread] =
            threads.submit(
                () -> {
                  for (int repeat = 0; repeat < 2000; repeat++) {
                    float[] array = pool.takeFloats(50);
                    Arrays.fill(array, mark);
                    for (float value : array) {
                      assertEquals(mark, value);
                    }
                    pool.release(array);
                  }
                });
      }
      for (Future<?> thread : running) {
        thread.get();
      }
    }
    assertEquals(0, pool.lentBytes());
  }
}
