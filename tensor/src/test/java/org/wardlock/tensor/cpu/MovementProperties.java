package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Assume;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.cpu.Strided.Lie;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Fill, copy, cast, gather, scatter-add and top-k over every layout, against naive loops. */
class MovementProperties {
  private static final CpuBackend CPU =
      new CpuBackend(new CpuSettings(3, 1 << 28, true, 0, 0), CpuKernels.choose());

  @AfterContainer
  static void nothingIsLeftBehind() {
    CPU.close();
  }

  @Provide
  Arbitrary<Shape> shapes() {
    return Strided.shapes();
  }

  @Property(tries = 400, edgeCases = EdgeCasesMode.NONE)
  void copyKeepsOrderAndTouchesNothingElse(
      @ForAll("shapes") Shape shape,
      @ForAll Lie from,
      @ForAll DType dtype,
      @ForAll boolean transposed) {
    Operand x = Strided.random(CPU, dtype, shape, from, 1);
    Operand out = Strided.random(CPU, dtype, shape, transposed ? Lie.TRANSPOSED : Lie.SLICED, 2);
    double[] expected = Strided.everything(out);
    int[] source = Strided.positions(x.layout());
    int[] target = Strided.positions(out.layout());
    double[] values = Strided.everything(x);
    for (int i = 0; i < source.length; i++) {
      expected[target[i]] = values[source[i]];
    }
    CPU.copy(x, out);
    assertArrayEquals(expected, Strided.everything(out));
    release(x, out);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void fillTouchesNothingElse(
      @ForAll("shapes") Shape shape, @ForAll DType dtype, @ForAll boolean transposed) {
    Operand out = Strided.random(CPU, dtype, shape, transposed ? Lie.TRANSPOSED : Lie.SLICED, 2);
    double[] expected = Strided.everything(out);
    for (int at : Strided.positions(out.layout())) {
      expected[at] = 3;
    }
    CPU.fill(out, 3);
    assertArrayEquals(expected, Strided.everything(out));
    release(out);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void gatherPicksSlices(
      @ForAll("shapes") Shape shape,
      @ForAll Lie lie,
      @ForAll DType dtype,
      @ForAll @IntRange(max = 3) int axisSeed,
      @ForAll @IntRange(max = 40) int picks,
      @ForAll long seed) {
    Assume.that(shape.rank() > 0);
    int axis = axisSeed % shape.rank();
    Assume.that(shape.extent(axis) > 0 || picks == 0);
    Operand x = Strided.random(CPU, dtype, shape, lie, seed);
    Operand index = indices(picks, shape.extent(axis), seed);
    Operand out = Strided.empty(CPU, dtype, shape.with(axis, picks), Lie.CONTIGUOUS);
    CPU.gather(x, axis, index, out);
    double[] values = Strided.everything(x);
    double[] found = Strided.everything(out);
    int[] chosen = (int[]) Dense.array(index);
    for (int i = 0; i < picks; i++) {
      int[] source = Strided.positions(x.layout().slice(axis, chosen[2 * i], chosen[2 * i] + 1));
      int[] target = Strided.positions(out.layout().slice(axis, i, i + 1));
      for (int j = 0; j < source.length; j++) {
        assertEquals(values[source[j]], found[target[j]]);
      }
    }
    release(x, index, out);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void scatterAddAddsInOrder(
      @ForAll("shapes") Shape shape,
      @ForAll Lie lie,
      @ForAll @IntRange(max = 3) int axisSeed,
      @ForAll @IntRange(min = 1, max = 9) int extent,
      @ForAll long seed) {
    Assume.that(shape.rank() > 0);
    int axis = axisSeed % shape.rank();
    Operand x = Strided.random(CPU, DType.F32, shape, lie, seed);
    Operand index = indices(shape.extent(axis), extent, seed);
    Operand out = Strided.empty(CPU, DType.F32, shape.with(axis, extent), Lie.CONTIGUOUS);
    CPU.fill(out, 0);
    CPU.scatterAdd(x, axis, index, out);
    float[] expected = new float[(int) out.shape().count()];
    float[] values = Dense.floats(x);
    int[] chosen = (int[]) Dense.array(index);
    for (int i = 0; i < shape.extent(axis); i++) {
      int[] source = Strided.positions(x.layout().slice(axis, i, i + 1));
      int[] target = Strided.positions(out.layout().slice(axis, chosen[2 * i], chosen[2 * i] + 1));
      for (int j = 0; j < source.length; j++) {
        expected[target[j]] += values[source[j]];
      }
    }
    assertArrayEquals(expected, Strided.values(out));
    release(x, index, out);
  }

  /** Every second element of an array is the index. */
  private static Operand indices(int count, int bound, long seed) {
    var storage = (CpuStorage) CPU.allocate(DType.I32, 2L * count + 1);
    var random = new Random(seed);
    int[] array = (int[]) storage.array();
    Arrays.fill(array, -1);
    for (int i = 0; i < count; i++) {
      array[2 * i] = random.nextInt(bound);
    }
    return new Operand(storage, Layout.of(Shape.of(count), new long[] {2}, 0));
  }

  @Example
  void anIndexOutsideIsRefused() {
    Operand x = Strided.random(CPU, DType.F32, Shape.of(4, 3), Lie.CONTIGUOUS, 1);
    Operand out = Strided.empty(CPU, DType.F32, Shape.of(2, 3), Lie.CONTIGUOUS);
    Operand index = Strided.empty(CPU, DType.I32, Shape.of(2), Lie.CONTIGUOUS);
    ((int[]) Dense.array(index))[0] = 3;
    ((int[]) Dense.array(index))[1] = 4;
    var failure = assertThrows(IndexOutOfBoundsException.class, () -> CPU.gather(x, 0, index, out));
    assertEquals("gather: index[1] is 4, must be in [0,4)", failure.getMessage());
    release(x, out, index);
  }

  @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
  void castRoundsAndClamps(
      @ForAll("shapes") Shape shape, @ForAll Lie lie, @ForAll DType from, @ForAll DType to) {
    Operand x = Strided.random(CPU, from, shape, lie, 7);
    Operand out = Strided.empty(CPU, to, shape, Lie.CONTIGUOUS);
    CPU.cast(x, out);
    double[] values = Strided.everything(x);
    double[] found = Strided.everything(out);
    int[] source = Strided.positions(x.layout());
    for (int i = 0; i < source.length; i++) {
      double value = values[source[i]];
      double expected =
          switch (to) {
            case F32 -> (float) value;
            case F16 -> Float.float16ToFloat(Float.floatToFloat16((float) value));
            case BF16 -> nearestBrain((float) value);
            case U8 -> Math.clamp((long) value, 0, 255);
            case I32 -> (int) value;
            case I64 -> (long) value;
          };
      assertEquals(expected, found[i], () -> value + " from " + from + " to " + to);
    }
    release(x, out);
  }

  /** Of the two neighbours that bfloat16 has, the nearer one; of equally near, the even one. */
  private static float nearestBrain(float value) {
    int bits = Float.floatToRawIntBits(value);
    float below = Float.intBitsToFloat(bits & 0xFFFF0000);
    float above = Float.intBitsToFloat((bits & 0xFFFF0000) + 0x10000);
    double toBelow = Math.abs((double) value - below);
    double toAbove = Math.abs((double) value - above);
    boolean evenBelow = (bits >>> 16 & 1) == 0;
    return toBelow < toAbove || (toBelow == toAbove && evenBelow) ? below : above;
  }

  @Example
  void specialValuesSurviveACast() {
    float[] special = {
      Float.NaN, Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, -0f, Float.MAX_VALUE, 1e-40f
    };
    for (DType to : new DType[] {DType.BF16, DType.F16}) {
      short[] narrow = new short[special.length];
      float[] back = new float[special.length];
      Conversion.convert(special, DType.F32, 0, narrow, to, 0, special.length);
      Conversion.convert(narrow, to, 0, back, DType.F32, 0, special.length);
      float infinity = Float.POSITIVE_INFINITY;
      float tiny = to == DType.BF16 ? nearestBrain(1e-40f) : 0f;
      assertArrayEquals(new float[] {Float.NaN, infinity, -infinity, -0f, infinity, tiny}, back);
    }
    byte[] bytes = new byte[special.length];
    Conversion.convert(special, DType.F32, 0, bytes, DType.U8, 0, special.length);
    assertArrayEquals(new byte[] {0, -1, 0, 0, -1, 0}, bytes);
    int[] integers = new int[2];
    Conversion.convert(new long[] {1L << 40, -(1L << 40)}, DType.I64, 0, integers, DType.I32, 0, 2);
    assertArrayEquals(new int[] {Integer.MAX_VALUE, Integer.MIN_VALUE}, integers);
  }

  @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
  void topKIsAStableDescendingSort(
      @ForAll @IntRange(max = 5) int rows,
      @ForAll @IntRange(min = 1, max = 60) int length,
      @ForAll Lie lie,
      @ForAll long seed) {
    Shape shape = Shape.of(rows, length);
    Operand x = Strided.random(CPU, DType.F32, shape, lie, seed);
    float[] array = Dense.floats(x);
    var random = new Random(seed);
    float[] few = {Float.NaN, 0f, -0f, 1f, Float.NEGATIVE_INFINITY, Float.POSITIVE_INFINITY};
    for (int i = 0; i < x.storage().size(); i += 2) {
      array[i] = few[random.nextInt(few.length)];
    }
    int k = 1 + random.nextInt(length);
    Operand values = Strided.empty(CPU, DType.F32, Shape.of(rows, k), Lie.CONTIGUOUS);
    Operand indices = Strided.empty(CPU, DType.I32, Shape.of(rows, k), Lie.CONTIGUOUS);
    CPU.topK(x, k, values, indices);
    float[] all = Strided.values(x);
    for (int row = 0; row < rows; row++) {
      float[] ofRow = Arrays.copyOfRange(all, row * length, (row + 1) * length);
      Integer[] order = new Integer[length];
      Arrays.setAll(order, i -> i);
      // adding 0 makes the zeros equal
      Arrays.sort(order, (a, b) -> Float.compare(ofRow[b] + 0f, ofRow[a] + 0f));
      for (int i = 0; i < k; i++) {
        assertEquals(order[i], ((int[]) Dense.array(indices))[row * k + i]);
        assertEquals(ofRow[order[i]], Dense.floats(values)[row * k + i]);
      }
    }
    release(x, values, indices);
  }

  private static void release(Operand... operands) {
    for (Operand operand : operands) {
      operand.storage().release();
    }
    assertEquals(0, CPU.context().pool().lentBytes());
  }
}
