package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.wardlock.kernels.source.GpuBackend;
import org.wardlock.tensor.Activation;
import org.wardlock.tensor.DType;
import org.wardlock.tensor.Shape;
import org.wardlock.tensor.spi.Epilogue;
import org.wardlock.tensor.spi.Layout;
import org.wardlock.tensor.spi.Operand;

/** Operands of matrix products on an emulated device, and what their product must be. */
final class GemmCases {
  /** What rounding an operand to tf32 may change, relative. */
  private static final double TF32 = 0x1p-11;

  private static final double BF16 = 0x1p-8;

  private GemmCases() {}

  /** A matrix whose rows or columns lie contiguously, in storage that is wider than it. */
  static Operand matrix(
      GpuBackend backend,
      Random random,
      DType dtype,
      boolean rowsContiguous,
      int batch,
      int rows,
      int columns) {
    int chunk = 16 / dtype.bytes();
    int length = rowsContiguous ? columns : rows;
    int stride = (Math.ceilDiv(length, chunk) + 1) * chunk;
    int count = rowsContiguous ? rows : columns;
    long[] strides = {
      (long) stride * count, rowsContiguous ? stride : 1, rowsContiguous ? 1 : stride
    };
    // the last row ends with its last element, so that whoever reads beyond it is caught
    long size = chunk + (long) stride * (batch * count - 1) + length;
    Layout layout = Layout.of(Shape.of(batch, rows, columns), strides, chunk);
    return Elements.random(backend, dtype, random, layout, size);
  }

  /** Computes and compares with sums in double. */
  static void check(
      EmulatedGpu gpu,
      GpuBackend backend,
      String name,
      Operand a,
      Operand b,
      Operand out,
      Epilogue epilogue) {
    double[] before = epilogue instanceof Epilogue.Accumulate ? Elements.read(backend, out) : null;
    assertTrue(gpu.ownKernels(backend).gemm(a, b, out, epilogue), name);
    double[] left = Elements.read(backend, a);
    double[] right = Elements.read(backend, b);
    double[] product = Elements.read(backend, out);
    int entries = out.shape().extent(0);
    int summed = entries == 1 ? a.shape().extent(0) : 1;
    int rows = a.shape().extent(1);
    int inner = a.shape().extent(2);
    int columns = b.shape().extent(2);
    for (int i = 0; i < product.length; i++) {
      int column = i % columns;
      int row = i / columns % rows;
      int entry = i / columns / rows;
      double sum = 0;
      double magnitude = 0;
      for (int e = entry; e < entry + summed; e++) {
        for (int k = 0; k < inner; k++) {
          double term =
              left[(e * rows + row) * inner + k] * right[(e * inner + k) * columns + column];
          sum += term;
          magnitude += Math.abs(term);
        }
      }
      double error = magnitude * (a.dtype() == DType.F32 ? 2.1 * TF32 : 1e-6);
      double expected =
          switch (epilogue) {
            case Epilogue.Store() -> sum;
            case Epilogue.Accumulate() -> sum + before[i];
            case Epilogue.Bias(var bias, var along, var activation) ->
                activate(
                    activation,
                    sum
                        + Elements.read(backend, bias)[
                            along == Epilogue.Along.ROWS ? row : column]);
          };
      error += out.dtype() == DType.BF16 ? Math.abs(expected) * BF16 : 0;
      assertEquals(expected, product[i], error * 1.2 + 1e-6, name + " at " + i);
    }
  }

  private static double activate(Activation activation, double x) {
    return switch (activation) {
      case IDENTITY -> x;
      case RELU -> Math.max(x, 0);
      case GELU -> x * normalBelow(x);
    };
  }

  /** The normal distribution, by its series. */
  private static double normalBelow(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; Math.abs(term) > 1e-17 * Math.abs(sum); n++) {
      term *= x * x / (2 * n + 1);
      sum += term;
    }
    return 0.5 + sum * Math.exp(-x * x / 2) / Math.sqrt(2 * Math.PI);
  }
}
