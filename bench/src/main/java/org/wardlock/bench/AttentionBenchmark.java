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
import org.wardlock.tensor.cpu.AttentionKernel;
import org.wardlock.tensor.cpu.FloatSlice;
import org.wardlock.tensor.cpu.RowOperation;
import org.wardlock.tensor.cpu.ScalarAttention;
import org.wardlock.tensor.cpu.vector.VectorAttention;

/**
 * Attention of ViT's shapes: microseconds a call. The exponential is left out, so that what is
 * measured is the rest; add it from its own benchmark.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx2g"})
public class AttentionBenchmark {
  /** Batch x tokens x heads x head size. */
  @Param({"8x197x3x64", "8x197x6x64", "1x197x3x64"})
  public String shape;

  /** The kernel measured. */
  @Param("VECTOR")
  public GemmBenchmark.Twin twin;

  /** Threads it is given. */
  @Param({"1", "2"})
  public int threads;

  private AttentionKernel kernel;
  private AttentionKernel.Extents extents;
  private FloatSlice qkv;
  private FloatSlice out;
  private FloatSlice logSumExp;
  private FloatSlice g;
  private FloatSlice gradQkv;
  private BenchContext context;

  /** Makes the operands. */
  @Setup(Level.Trial)
  public void open() {
    String[] parts = shape.split("x");
    extents =
        new AttentionKernel.Extents(
            Integer.parseInt(parts[0]),
            Integer.parseInt(parts[1]),
            Integer.parseInt(parts[2]),
            Integer.parseInt(parts[3]));
    int rows = extents.batch() * extents.tokens() * extents.heads();
    qkv = slice(3 * rows * extents.headSize());
    out = slice(rows * extents.headSize());
    logSumExp = slice(rows);
    g = slice(rows * extents.headSize());
    gradQkv = slice(3 * rows * extents.headSize());
    kernel =
        twin == GemmBenchmark.Twin.VECTOR
            ? new VectorAttention(RowOperation.IDENTITY)
            : new ScalarAttention(RowOperation.IDENTITY);
    context = new BenchContext(threads);
  }

  private static FloatSlice slice(int size) {
    return new FloatSlice(BenchContext.values(size), 0);
  }

  /** Stops the threads. */
  @TearDown(Level.Trial)
  public void close() {
    context.close();
  }

  /** The attention. */
  @Benchmark
  public float[] forward() {
    kernel.forward(extents, qkv, 0.125f, out, logSumExp, context);
    return out.data();
  }

  /** Its gradient. */
  @Benchmark
  public float[] backward() {
    kernel.backward(extents, qkv, 0.125f, out, logSumExp, g, gradQkv, context);
    return gradQkv.data();
  }
}
