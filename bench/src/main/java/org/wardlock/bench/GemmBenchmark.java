package org.wardlock.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;
import org.wardlock.tensor.cpu.GemmFinish;
import org.wardlock.tensor.cpu.GemmKernel;
import org.wardlock.tensor.cpu.GemmProblem;
import org.wardlock.tensor.cpu.MatrixBatch;
import org.wardlock.tensor.cpu.ScalarGemm;
import org.wardlock.tensor.cpu.vector.VectorGemm;

/**
 * Matrix products of the shapes that training ViT-Tiny and ConvMixer needs. Divide the score
 * (products a second) by the multiply-adds: {@code 2 * batch * rows * columns * inner * score} is
 * FLOP/s; compare with {@link FmaPeakBenchmark}.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx2g"})
public class GemmBenchmark {
  /** What a shape stands for. */
  public enum Shape {
    /** Large and square: the kernel at its best. */
    SQUARE(1, 1536, 1536, 1536, false, false, false, false),
    /** ViT-Tiny, 8 pictures: projection of tokens to queries, keys and values. */
    QKV(1, 1576, 576, 192, false, true, false, false),
    /** The same: first layer of the MLP. */
    MLP_IN(1, 1576, 768, 192, false, true, false, false),
    /** The same: second layer. */
    MLP_OUT(1, 1576, 192, 768, false, true, false, false),
    /** The same: gradient of the first layer's weight. */
    MLP_WEIGHT_GRADIENT(1, 768, 192, 1576, true, false, false, false),
    /** One picture. */
    MLP_IN_ONE_PICTURE(1, 197, 768, 192, false, true, false, false),
    /** A head of ten classes. */
    HEAD(1, 128, 10, 256, false, true, false, false),
    /** ConvMixer-256 at 16 x 16: pointwise convolution of 32 pictures. */
    POINTWISE(32, 256, 256, 256, false, false, true, false),
    /** The same: gradient towards the input. */
    POINTWISE_INPUT_GRADIENT(32, 256, 256, 256, true, false, true, false),
    /** The same: gradient of the weight, summed over the batch. */
    POINTWISE_WEIGHT_GRADIENT(32, 256, 256, 256, false, true, false, true),
    /** ConvMixer-768 at 32 x 32. */
    POINTWISE_WIDE(4, 768, 1024, 768, false, false, true, false);

    private final int batch;
    private final int rows;
    private final int columns;
    private final int inner;
    private final boolean transposedA;
    private final boolean transposedB;
    private final boolean sharedA;
    private final boolean sums;

    Shape(
        int batch,
        int rows,
        int columns,
        int inner,
        boolean transposedA,
        boolean transposedB,
        boolean sharedA,
        boolean sums) {
      this.batch = batch;
      this.rows = rows;
      this.columns = columns;
      this.inner = inner;
      this.transposedA = transposedA;
      this.transposedB = transposedB;
      this.sharedA = sharedA;
      this.sums = sums;
    }

    private GemmProblem problem() {
      return new GemmProblem(
          batch,
          rows,
          columns,
          inner,
          operand(rows, inner, transposedA, sharedA),
          operand(inner, columns, transposedB, false),
          operand(rows, columns, false, sums),
          GemmFinish.STORE);
    }

    private MatrixBatch operand(int height, int width, boolean transposed, boolean single) {
      float[] values = BenchContext.values((single ? 1 : batch) * height * width);
      int batchStride = single ? 0 : height * width;
      return transposed
          ? new MatrixBatch(values, 0, batchStride, 1, height)
          : new MatrixBatch(values, 0, batchStride, width, 1);
    }
  }

  /** Which kernel. */
  public enum Twin {
    /** Without the Vector API. */
    SCALAR,
    /** With it. */
    VECTOR
  }

  /** The product measured. */
  @Param public Shape shape;

  /** The kernel measured. */
  @Param("VECTOR")
  public Twin twin;

  /** Threads it is given. */
  @Param({"1", "2"})
  public int threads;

  private GemmKernel kernel;
  private GemmProblem problem;
  private BenchContext context;

  /** Makes the operands. */
  @Setup(Level.Trial)
  public void open() {
    kernel = twin == Twin.VECTOR ? new VectorGemm() : new ScalarGemm();
    problem = shape.problem();
    context = new BenchContext(threads);
  }

  /** Stops the threads. */
  @TearDown(Level.Trial)
  public void close() {
    context.close();
  }

  /** One product. */
  @Benchmark
  public float[] multiply() {
    kernel.multiply(problem, context);
    return problem.c().data();
  }
}
