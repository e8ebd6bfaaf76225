package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.wardlock.tensor.cpu.vector.VectorGemm;
import org.wardlock.tensor.spi.Epilogue;

class GemmTest {
  private static final GemmKernel SCALAR = new ScalarGemm();
  private static final GemmKernel VECTOR = new VectorGemm();

  /** How an operand lies in its array. */
  enum Layout {
    ROW_MAJOR,
    TRANSPOSED,
    SPREAD,
    SHARED,
    SHARED_TRANSPOSED
  }

  enum Ending {
    STORE,
    ACCUMULATE,
    BIAS_ROWS,
    BIAS_COLUMNS
  }

  record Case(
      int batch,
      int rows,
      int columns,
      int inner,
      Layout a,
      Layout b,
      boolean sums,
      Ending ending,
      long seed) {}

  @Provide
  Arbitrary<Case> cases() {
    Arbitrary<Integer> extents =
        Arbitraries.frequencyOf(
            Tuple.of(4, Arbitraries.integers().between(0, 9)),
            Tuple.of(4, Arbitraries.integers().between(10, 70)),
            Tuple.of(1, Arbitraries.integers().between(250, 530)));
    return Combinators.combine(
            Arbitraries.integers().between(0, 4),
            extents,
            extents,
            extents,
            Arbitraries.of(Layout.class),
            Arbitraries.of(Layout.class),
            Combinators.combine(Arbitraries.of(true, false), Arbitraries.of(Ending.class))
                .as(SumAndEnding::new),
            Arbitraries.longs())
        .as(
            (batch, m, n, k, a, b, e, seed) ->
                new Case(batch, m, n, k, a, b, e.sums(), e.ending(), seed));
  }

  private record SumAndEnding(boolean sums, Ending ending) {}

  @Property(tries = 300)
  void twinsAgreeToTheBitAndWithDouble(@ForAll("cases") Case c) {
    float[] scalar = multiply(SCALAR, c, 1);
    assertArrayEquals(scalar, multiply(VECTOR, c, 1));
    assertArrayEquals(scalar, multiply(VECTOR, c, 2));
    assertArrayEquals(scalar, multiply(SCALAR, c, 5));
    assertNearReference(c, scalar);
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1576, 192, 192, ROW_MAJOR, TRANSPOSED, false",
    "8, 197, 576, 192, ROW_MAJOR, SHARED_TRANSPOSED, false",
    "3, 256, 256, 256, SHARED, ROW_MAJOR, false",
    "5, 256, 256, 256, ROW_MAJOR, TRANSPOSED, true",
    "1, 10, 192, 1576, TRANSPOSED, ROW_MAJOR, false",
    "40, 96, 12, 256, ROW_MAJOR, TRANSPOSED, true",
    "1, 512, 640, 1100, ROW_MAJOR, ROW_MAJOR, false",
    "1, 9000, 33, 300, TRANSPOSED, ROW_MAJOR, false",
    "1, 1, 1000, 768, ROW_MAJOR, TRANSPOSED, false",
    "1, 300, 200, 12000, TRANSPOSED, ROW_MAJOR, false"
  })
  void theShapesOfTrainingAgree(int batch, int m, int n, int k, Layout a, Layout b, boolean sums) {
    Case c = new Case(batch, m, n, k, a, b, sums, Ending.BIAS_COLUMNS, 7);
    float[] vector = multiply(VECTOR, c, 1);
    assertArrayEquals(vector, multiply(VECTOR, c, 5));
    assertArrayEquals(vector, multiply(SCALAR, c, 2));
    assertNearReference(c, vector);
  }

  @Test
  void aRowKeepsItsBitsWhereverItIsInTheBatch() {
    var random = new Random(3);
    float[] a = values(random, 301 * 77);
    float[] b = values(random, 77 * 45);
    float[] all = new float[301 * 45];
    float[] one = new float[45];
    try (var context = new TestContext(2)) {
      for (GemmKernel kernel : new GemmKernel[] {SCALAR, VECTOR}) {
        kernel.multiply(rowMajor(301, 45, 77, a, 0, b, all), context);
        for (int row = 0; row < 301; row += 43) {
          kernel.multiply(rowMajor(1, 45, 77, a, row * 77, b, one), context);
          assertArrayEquals(one, Arrays.copyOfRange(all, row * 45, row * 45 + 45));
        }
      }
    }
  }

  @Test
  void anInnerExtentOfZeroGivesTheBias() {
    float[] bias = {1, -2, 3};
    float[] c = {Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN, Float.NaN};
    RowOperation relu =
        (values, offset, length) -> {
          for (int i = offset; i < offset + length; i++) {
            values[i] = Math.max(values[i], 0f);
          }
        };
    var finish = new GemmFinish.Bias(new FloatSlice(bias, 0), Epilogue.Along.COLUMNS, relu);
    var empty = MatrixBatch.rowMajor(new float[0], 0, 0);
    try (var context = new TestContext(1)) {
      VECTOR.multiply(
          new GemmProblem(1, 2, 3, 0, empty, empty, MatrixBatch.rowMajor(c, 0, 3), finish),
          context);
    }
    assertArrayEquals(new float[] {1, 0, 3, 1, 0, 3}, c);
  }

  @Test
  void columnsOfTheResultMustBeNeighbours() {
    var m = new MatrixBatch(new float[4], 0, 0, 1, 2);
    var failure =
        assertThrows(
            IllegalArgumentException.class,
            () -> new GemmProblem(1, 2, 2, 2, m, m, m, GemmFinish.STORE));
    assertEquals("gemm: column stride of c is 2, must be 1", failure.getMessage());
  }

  private static GemmProblem rowMajor(
      int m, int n, int k, float[] a, int aOffset, float[] b, float[] c) {
    return new GemmProblem(
        1,
        m,
        n,
        k,
        MatrixBatch.rowMajor(a, aOffset, k),
        MatrixBatch.rowMajor(b, 0, n),
        MatrixBatch.rowMajor(c, 0, n),
        GemmFinish.STORE);
  }

  /** Values of the case's operands, the same for every kernel. */
  private static MatrixBatch operand(
      Random random, int batch, int rows, int columns, Layout layout) {
    int one = rows * columns;
    return switch (layout) {
      case ROW_MAJOR -> new MatrixBatch(values(random, batch * one + 5), 5, one, columns, 1);
      case TRANSPOSED -> new MatrixBatch(values(random, batch * one + 1), 1, one, 1, rows);
      case SPREAD ->
          new MatrixBatch(
              values(random, batch * (6 * one + 12 * rows) + 2),
              2,
              6 * one + 12 * rows,
              3 * columns + 6,
              3);
      case SHARED -> new MatrixBatch(values(random, one), 0, 0, columns, 1);
      case SHARED_TRANSPOSED -> new MatrixBatch(values(random, one), 0, 0, 1, rows);
    };
  }

  private static float[] values(Random random, int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private static GemmProblem problem(Case c) {
    var random = new Random(c.seed());
    int stride = c.columns() + 3;
    int batchStride = c.sums() ? 0 : c.rows() * stride;
    MatrixBatch a = operand(random, c.batch(), c.rows(), c.inner(), c.a());
    MatrixBatch b = operand(random, c.batch(), c.inner(), c.columns(), c.b());
    float[] out = values(random, 4 + Math.max(1, c.sums() ? 1 : c.batch()) * c.rows() * stride);
    GemmFinish finish =
        switch (c.ending()) {
          case STORE -> GemmFinish.STORE;
          case ACCUMULATE -> GemmFinish.ACCUMULATE;
          case BIAS_ROWS ->
              new GemmFinish.Bias(
                  new FloatSlice(values(random, c.rows() + 1), 1),
                  Epilogue.Along.ROWS,
                  GemmTest::square);
          case BIAS_COLUMNS ->
              new GemmFinish.Bias(
                  new FloatSlice(values(random, c.columns() + 2), 2),
                  Epilogue.Along.COLUMNS,
                  GemmTest::square);
        };
    return new GemmProblem(
        c.batch(),
        c.rows(),
        c.columns(),
        c.inner(),
        a,
        b,
        new MatrixBatch(out, 4, batchStride, stride, 1),
        finish);
  }

  private static void square(float[] values, int offset, int length) {
    for (int i = offset; i < offset + length; i++) {
      values[i] *= values[i];
    }
  }

  private static float[] multiply(GemmKernel kernel, Case c, int threads) {
    GemmProblem problem = problem(c);
    try (var context = new TestContext(threads)) {
      kernel.multiply(problem, context);
    }
    return problem.c().data();
  }

  /** Compares with sums in double, and what lies between the rows of c with what was there. */
  private static void assertNearReference(Case test, float[] found) {
    GemmProblem problem = problem(test);
    float[] before = problem.c().data();
    double[] expected = new double[before.length];
    double[] scale = new double[before.length];
    boolean accumulates = problem.finish() instanceof GemmFinish.Accumulate;
    for (int i = 0; i < before.length; i++) {
      expected[i] = before[i];
    }
    boolean[] started = new boolean[before.length];
    for (int item = 0; item < test.batch(); item++) {
      for (int row = 0; row < test.rows(); row++) {
        for (int column = 0; column < test.columns(); column++) {
          int at =
              problem.c().offset()
                  + item * problem.c().batchStride()
                  + row * problem.c().rowStride()
                  + column;
          double sum = started[at] || accumulates ? expected[at] : 0;
          started[at] = true;
          for (int k = 0; k < test.inner(); k++) {
            double product = at(problem.a(), item, row, k) * at(problem.b(), item, k, column);
            sum += product;
            scale[at] += Math.abs(product);
          }
          expected[at] = sum;
        }
      }
    }
    for (int at = 0; at < before.length; at++) {
      double tolerance = 0;
      if (started[at]) {
        tolerance = 1e-6 * (1 + scale[at]) * (1 + Math.sqrt(test.inner()) / 8);
        if (problem.finish() instanceof GemmFinish.Bias bias) {
          int column = (at - 4) % problem.c().rowStride();
          int row = (at - 4) / problem.c().rowStride() % test.rows();
          int index = bias.along() == Epilogue.Along.ROWS ? row : column;
          double sum = expected[at] + bias.bias().data()[bias.bias().offset() + index];
          expected[at] = sum * sum;
          tolerance = tolerance * (2 * Math.abs(sum) + 1);
        }
      }
      assertEquals(expected[at], found[at], tolerance, "element " + at + " of " + test);
    }
  }

  private static double at(MatrixBatch m, int item, int row, int column) {
    return m.data()[
        m.offset() + item * m.batchStride() + row * m.rowStride() + column * m.columnStride()];
  }
}
