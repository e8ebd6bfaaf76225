package org.wardlock.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;
import org.wardlock.tensor.cpu.BinaryKernel;
import org.wardlock.tensor.cpu.MathKernel;
import org.wardlock.tensor.cpu.OptimizerKernel;
import org.wardlock.tensor.cpu.RandomKernel;
import org.wardlock.tensor.cpu.ScalarBinary;
import org.wardlock.tensor.cpu.ScalarMath;
import org.wardlock.tensor.cpu.ScalarOptimizer;
import org.wardlock.tensor.cpu.ScalarRandom;
import org.wardlock.tensor.cpu.vector.VectorBinary;
import org.wardlock.tensor.cpu.vector.VectorMath;
import org.wardlock.tensor.cpu.vector.VectorOptimizer;
import org.wardlock.tensor.cpu.vector.VectorRandom;
import org.wardlock.tensor.spi.AdamSettings;
import org.wardlock.tensor.spi.BinaryOp;
import org.wardlock.tensor.spi.Distribution;
import org.wardlock.tensor.spi.UnaryOp;

/**
 * Kernels of rows that stay in the first-level cache, on one thread: nanoseconds a value. A
 * function that C2 could not inline whole shows here as five to twenty times slower than its like.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx1g"})
public class RowBenchmark {
  private static final int LENGTH = 2048;

  /** The kernel measured. */
  @Param({"VECTOR", "SCALAR"})
  public GemmBenchmark.Twin twin;

  private final float[] x = BenchContext.values(LENGTH);
  private final float[] y = BenchContext.values(LENGTH);
  private final float[] m = new float[LENGTH];
  private final float[] v = new float[LENGTH];
  private final float[] out = new float[LENGTH];
  private final OptimizerKernel.AdamRates rates =
      OptimizerKernel.AdamRates.of(
          new AdamSettings(0.9f, 0.999f, 1e-8f, 0.05f, true), 1e-6f, 0.5f, 0.5f);
  private MathKernel math;
  private BinaryKernel binary;
  private OptimizerKernel optimizer;
  private RandomKernel random;

  /** Makes the kernels. */
  @Setup
  public void open() {
    boolean vector = twin == GemmBenchmark.Twin.VECTOR;
    math = vector ? new VectorMath() : new ScalarMath();
    binary = vector ? new VectorBinary() : new ScalarBinary();
    optimizer = vector ? new VectorOptimizer() : new ScalarOptimizer();
    random = vector ? new VectorRandom() : new ScalarRandom();
  }

  /** A function and its gradient. */
  @State(Scope.Thread)
  public static class Function {
    /** Which. */
    @Param({"EXP", "LOG", "TANH", "ERF", "SIGMOID", "GELU", "RELU"})
    public UnaryOp op;
  }

  /** The function. */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public float[] unary(Function function) {
    math.unary(function.op, x, 0, out, 0, LENGTH);
    return out;
  }

  /** Its gradient. */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public float[] unaryGradient(Function function) {
    math.unaryGradient(function.op, x, 0, y, 0, out, 0, LENGTH);
    return out;
  }

  /** Products. */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public float[] multiply() {
    binary.binary(BinaryOp.MULTIPLY, x, 0, 1, y, 0, 1, out, 0, LENGTH);
    return out;
  }

  /** Products with one value. */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public float[] multiplyByOneValue() {
    binary.binary(BinaryOp.MULTIPLY, x, 0, 1, y, 0, 0, out, 0, LENGTH);
    return out;
  }

  /** A step of AdamW. */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public float[] adam() {
    optimizer.adam(rates, x, 0, y, 0, m, 0, v, 0, LENGTH);
    return x;
  }

  /** Uniform random numbers. */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public float[] uniform() {
    random.fill(Distribution.UNIFORM, 1, 2, 3, 0, out, 0, LENGTH);
    return out;
  }

  /** Normal random numbers. */
  @Benchmark
  @OperationsPerInvocation(LENGTH)
  public float[] normal() {
    random.fill(Distribution.NORMAL, 1, 2, 3, 0, out, 0, LENGTH);
    return out;
  }
}
