package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.wardlock.tensor.cpu.vector.VectorNorm;

class NormKernelTest {
  private static final NormKernel SCALAR = new ScalarNorm();
  private static final NormKernel VECTOR = new VectorNorm();
  private static final float CENTER = 0.3f;
  private static final float SCALE = 1.7f;
  private static final float AVERAGE = -0.2f;

  /** The steps, over rows x, y and z at 3, 2 and 5, written at 1. */
  private enum Step {
    SCALE_AND_SHIFT {
      @Override
      void run(NormKernel kernel, float[] x, float[] y, float[] z, float[] out, int length) {
        kernel.scale(x, 3, CENTER, SCALE, AVERAGE, out, 1, length);
      }

      @Override
      double inDouble(double x, double y, double z, double out) {
        return (x - CENTER) * SCALE + AVERAGE;
      }
    },
    NORMALIZE {
      @Override
      void run(NormKernel kernel, float[] x, float[] y, float[] z, float[] out, int length) {
        kernel.normalize(x, 3, y, 2, z, 5, CENTER, SCALE, out, 1, length);
      }

      @Override
      double inDouble(double x, double y, double z, double out) {
        return (x - CENTER) * SCALE * y + z;
      }
    },
    PROJECT {
      @Override
      void run(NormKernel kernel, float[] x, float[] y, float[] z, float[] out, int length) {
        kernel.project(x, 3, y, 2, CENTER, 0.6f, AVERAGE, SCALE, out, 1, length);
      }

      @Override
      double inDouble(double x, double y, double z, double out) {
        return SCALE * ((x - CENTER) * 0.6f + y - AVERAGE);
      }
    },
    ACCUMULATE {
      @Override
      void run(NormKernel kernel, float[] x, float[] y, float[] z, float[] out, int length) {
        kernel.accumulate(x, 3, y, 2, CENTER, SCALE, out, 1, length);
      }

      @Override
      double inDouble(double x, double y, double z, double out) {
        return (x - CENTER) * SCALE * y + out;
      }
    },
    WEIGH {
      @Override
      void run(NormKernel kernel, float[] x, float[] y, float[] z, float[] out, int length) {
        kernel.weigh(x, 3, y, 2, AVERAGE, out, 1, length);
      }

      @Override
      double inDouble(double x, double y, double z, double out) {
        return x * (y - AVERAGE);
      }
    },
    COMBINE {
      @Override
      void run(NormKernel kernel, float[] x, float[] y, float[] z, float[] out, int length) {
        kernel.combine(x, 3, y, 2, SCALE, -1f, out, 1, length);
      }

      @Override
      double inDouble(double x, double y, double z, double out) {
        return SCALE * x - y;
      }
    };

    abstract void run(NormKernel kernel, float[] x, float[] y, float[] z, float[] out, int length);

    abstract double inDouble(double x, double y, double z, double out);
  }

  @ParameterizedTest
  @EnumSource
  void twinsAgreeToTheBitAndWithDouble(Step step) {
    for (int length : RowSamples.LENGTHS) {
      float[] x = RowSamples.normal(length + 3, length);
      float[] y = RowSamples.normal(length + 2, length + 1);
      float[] z = RowSamples.normal(length + 5, length + 2);
      float[] scalar = new float[length + 2];
      Arrays.fill(scalar, RowSamples.UNTOUCHED);
      float[] vector = scalar.clone();
      step.run(SCALAR, x, y, z, scalar, length);
      step.run(VECTOR, x, y, z, vector, length);
      assertArrayEquals(scalar, vector, step + " of " + length);
      assertEquals(RowSamples.UNTOUCHED, vector[0]);
      assertEquals(RowSamples.UNTOUCHED, vector[length + 1]);
      for (int i = 0; i < length; i++) {
        double expected = step.inDouble(x[3 + i], y[2 + i], z[5 + i], RowSamples.UNTOUCHED);
        assertEquals(expected, vector[1 + i], 4e-6, step.toString());
      }
    }
  }
}
