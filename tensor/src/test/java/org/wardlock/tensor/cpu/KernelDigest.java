package org.wardlock.tensor.cpu;

import java.util.Optional;
import java.util.Random;
import java.util.zip.CRC32;
import org.wardlock.tensor.cpu.OptimizerKernel.AdamRates;
import org.wardlock.tensor.cpu.vector.VectorAttention;
import org.wardlock.tensor.cpu.vector.VectorBinary;
import org.wardlock.tensor.cpu.vector.VectorDepthwise;
import org.wardlock.tensor.cpu.vector.VectorGemm;
import org.wardlock.tensor.cpu.vector.VectorLanes;
import org.wardlock.tensor.cpu.vector.VectorMath;
import org.wardlock.tensor.cpu.vector.VectorOptimizer;
import org.wardlock.tensor.cpu.vector.VectorRandom;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.SgdSettings;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * A program that prints a checksum of what the vector kernels compute, for machines and compilers
 * to be compared.
 */
final class KernelDigest {
  private final CRC32 checksum = new CRC32();
  private final Random random = new Random(9);

  private KernelDigest() {}

  /** Prints the lanes of a vector, and the checksum. */
  public static void main(String[] arguments) {
    OtherJvm.print(Long.toString(compute()));
  }

  /** The checksum. */
  static long compute() {
    var digest = new KernelDigest();
    try (var context = new TestContext(2)) {
      digest.addGemm(context);
      digest.addDepthwise(context);
      digest.addAttention(context);
    }
    digest.addRows();
    return digest.checksum.getValue();
  }

  private void addGemm(KernelContext context) {
    for (int[] e : new int[][] {{37, 45, 300}, {64, 96, 64}, {5, 3, 270}}) {
      float[] c = new float[e[0] * e[1]];
      new VectorGemm()
          .multiply(
              new GemmProblem(
                  1,
                  e[0],
                  e[1],
                  e[2],
                  MatrixBatch.rowMajor(values(e[0] * e[2]), 0, e[2]),
                  new MatrixBatch(values(e[1] * e[2]), 0, 0, 1, e[2]),
                  MatrixBatch.rowMajor(c, 0, e[1]),
                  GemmFinish.STORE),
              context);
      add(c);
    }
  }

  private void addDepthwise(KernelContext context) {
    var kernel = new VectorDepthwise();
    for (int[] e : new int[][] {{16, 16, 5}, {21, 9, 3}, {6, 23, 7}, {11, 33, 9}}) {
      var extents = new DepthwiseKernel.Extents(2, 3, e[0], e[1], e[2]);
      int size = 6 * extents.plane();
      var x = new FloatSlice(values(size), 0);
      var g = new FloatSlice(values(size), 0);
      var weight = new FloatSlice(values(3 * extents.taps()), 0);
      float[] out = new float[size];
      kernel.forward(extents, x, weight, Optional.empty(), new FloatSlice(out, 0), context);
      add(out);
      kernel.backwardInput(extents, g, weight, new FloatSlice(out, 0), context);
      add(out);
      float[] gradient = new float[3 * extents.taps()];
      kernel.backwardWeight(extents, x, g, new FloatSlice(gradient, 0), context);
      add(gradient);
    }
  }

  private void addAttention(KernelContext context) {
    RowOperation exp =
        (values, offset, length) ->
            new VectorMath().unary(UnaryOp.EXP, values, offset, values, offset, length);
    var kernel = new VectorAttention(exp);
    var extents = new AttentionKernel.Extents(1, 70, 2, 24);
    var qkv = new FloatSlice(values(70 * 144), 0);
    var g = new FloatSlice(values(70 * 48), 0);
    float[] out = new float[70 * 48];
    float[] logSumExp = new float[140];
    float[] gradQkv = new float[70 * 144];
    kernel.forward(
        extents, qkv, 0.2f, new FloatSlice(out, 0), new FloatSlice(logSumExp, 0), context);
    kernel.backward(
        extents,
        qkv,
        0.2f,
        new FloatSlice(out, 0),
        new FloatSlice(logSumExp, 0),
        g,
        new FloatSlice(gradQkv, 0),
        context);
    add(out);
    add(logSumExp);
    add(gradQkv);
  }

  private void addRows() {
    int length = 200;
    float[] a = RowSamples.anything(length, 1);
    float[] b = RowSamples.anything(length, 2);
    float[] out = new float[length];
    var math = new VectorMath();
    for (UnaryOp op : UnaryOp.values()) {
      math.unary(op, a, 0, out, 0, length);
      add(out);
      math.unaryGradient(op, a, 0, b, 0, out, 0, length);
      add(out);
    }
    var binary = new VectorBinary();
    for (BinaryOp op : BinaryOp.values()) {
      binary.binary(op, a, 0, 1, b, 0, 1, out, 0, length);
      add(out);
    }
    addLanes();
    addSteps(length);
    for (Distribution distribution : Distribution.values()) {
      new VectorRandom().fill(distribution, 1, 2, 3, 6, out, 0, length);
      add(out);
    }
  }

  private void addLanes() {
    var kernel = new VectorLanes();
    float[] lanes = new float[LaneKernel.LANES];
    float[] x = values(77);
    float[] y = values(77);
    kernel.sum(x, 0, 77, lanes, 3);
    kernel.sumProducts(x, 0, y, 0, 77, lanes, 5);
    kernel.sumSquares(x, 0, 0.1f, 77, lanes, 15);
    kernel.sumCentered(x, 0, 0.1f, y, 0, 77, lanes, 0);
    add(lanes);
    kernel.max(x, 0, 77, lanes, 1);
    kernel.min(y, 0, 60, lanes, 2);
    add(lanes);
  }

  private void addSteps(int length) {
    var kernel = new VectorOptimizer();
    float[] p = values(length);
    float[] g = values(length);
    float[] m = new float[length];
    float[] v = new float[length];
    kernel.sgd(new SgdSettings(0.9f, 0.1f, true), 0.1f, p, 0, g, 0, m, 0, length);
    var settings = new AdamSettings(0.9f, 0.999f, 1e-8f, 0.05f, true);
    kernel.adam(AdamRates.of(settings, 0.01f, 0.1f, 0.001f), p, 0, g, 0, m, 0, v, 0, length);
    add(p);
    add(m);
    add(v);
  }

  private float[] values(int size) {
    float[] values = new float[size];
    for (int i = 0; i < size; i++) {
      values[i] = (float) random.nextGaussian();
    }
    return values;
  }

  private void add(float[] values) {
    for (float value : values) {
      int bits = Float.floatToIntBits(value);
      for (int shift = 0; shift < 32; shift += 8) {
        checksum.update(bits >>> shift);
      }
    }
  }
}
