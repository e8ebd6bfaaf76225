package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.cpu.vector.VectorLanes;

class LaneKernelTest {
  private static final int OFFSET = 3;

  /** The kernel's methods. */
  enum Method {
    SUM,
    MAX,
    MIN,
    PRODUCTS,
    SQUARES,
    CENTERED;

    void run(LaneKernel kernel, float[] x, float[] y, int length, float[] lanes, int phase) {
      switch (this) {
        case SUM -> kernel.sum(x, OFFSET, length, lanes, phase);
        case MAX -> kernel.max(x, OFFSET, length, lanes, phase);
        case MIN -> kernel.min(x, OFFSET, length, lanes, phase);
        case PRODUCTS -> kernel.sumProducts(x, OFFSET, y, 2, length, lanes, phase);
        case SQUARES -> kernel.sumSquares(x, OFFSET, 0.3f, length, lanes, phase);
        case CENTERED -> kernel.sumCentered(x, OFFSET, 0.3f, y, 2, length, lanes, phase);
      }
    }

    float step(float lane, float x, float y) {
      return switch (this) {
        case SUM -> lane + x;
        case MAX -> Math.max(lane, x);
        case MIN -> Math.min(lane, x);
        case PRODUCTS -> Math.fma(x, y, lane);
        case SQUARES -> Math.fma(x - 0.3f, x - 0.3f, lane);
        case CENTERED -> Math.fma(x - 0.3f, y, lane);
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void twinsTakeEveryValueIntoItsLane(Method method) {
    for (int length : RowSamples.LENGTHS) {
      for (int phase = 0; phase < LaneKernel.LANES; phase += 5) {
        for (float[] x :
            List.of(
                RowSamples.normal(OFFSET + length, length),
                RowSamples.anything(OFFSET + length, phase))) {
          float[] y = RowSamples.normal(OFFSET + length, 9);
          float[] expected = RowSamples.normal(LaneKernel.LANES, 1);
          for (int i = 0; i < length; i++) {
            int lane = (phase + i) % LaneKernel.LANES;
            expected[lane] = method.step(expected[lane], x[OFFSET + i], y[2 + i]);
          }
          for (LaneKernel kernel : List.of(new ScalarLanes(), new VectorLanes())) {
            float[] lanes = RowSamples.normal(LaneKernel.LANES, 1);
            method.run(kernel, x, y, length, lanes, phase);
            assertArrayEquals(expected, lanes, () -> kernel + " on " + length);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void aRowInPiecesGivesTheSameLanes(Method method) {
    float[] x = RowSamples.normal(OFFSET + 1003, 4);
    float[] y = RowSamples.normal(OFFSET + 1003, 5);
    float[] whole = new float[LaneKernel.LANES];
    method.run(new VectorLanes(), x, y, 1003, whole, 0);
    float[] pieces = new float[LaneKernel.LANES];
    int done = 0;
    for (int length : new int[] {1, 15, 40, 7, 900, 40}) {
      float[] fromX = Arrays.copyOfRange(x, done, x.length);
      float[] fromY = Arrays.copyOfRange(y, done, y.length);
      method.run(new VectorLanes(), fromX, fromY, length, pieces, done % LaneKernel.LANES);
      done += length;
    }
    assertEquals(1003, done);
    assertArrayEquals(whole, pieces);
  }
}
