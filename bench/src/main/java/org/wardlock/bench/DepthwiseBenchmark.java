package org.wardlock.bench;

import java.util.Optional;
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
import org.wardlock.tensor.cpu.DepthwiseKernel;
import org.wardlock.tensor.cpu.FloatSlice;
import org.wardlock.tensor.cpu.ScalarDepthwise;
import org.wardlock.tensor.cpu.vector.VectorDepthwise;

/** Depthwise convolution of ConvMixer's shapes: microseconds a call. */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(
    value = 1,
    jvmArgsAppend = {"--add-modules", "jdk.incubator.vector", "-Xmx2g"})
public class DepthwiseBenchmark {
  /** Batch x channels x side x kernel. */
  @Param({"32x256x16x5", "4x768x32x7", "32x256x8x5", "8x256x16x9"})
  public String shape;

  /** The kernel measured. */
  @Param("VECTOR")
  public GemmBenchmark.Twin twin;

  /** Threads it is given. */
  @Param({"1", "2"})
  public int threads;

  private DepthwiseKernel kernel;
  private DepthwiseKernel.Extents extents;
  private FloatSlice x;
  private FloatSlice g;
  private FloatSlice weight;
  private FloatSlice out;
  private FloatSlice weightGradient;
  private BenchContext context;

  /** Makes the operands. */
  @Setup(Level.Trial)
  public void open() {
    String[] parts = shape.split("x");
    int side = Integer.parseInt(parts[2]);
    extents =
        new DepthwiseKernel.Extents(
            Integer.parseInt(parts[0]),
            Integer.parseInt(parts[1]),
            side,
            side,
            Integer.parseInt(parts[3]));
    int size = extents.batch() * extents.channels() * extents.plane();
    x = slice(size);
    g = slice(size);
    out = slice(size);
    weight = slice(extents.channels() * extents.taps());
    weightGradient = slice(extents.channels() * extents.taps());
    kernel = twin == GemmBenchmark.Twin.VECTOR ? new VectorDepthwise() : new ScalarDepthwise();
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

  /** The convolution. */
  @Benchmark
  public float[] forward() {
    kernel.forward(extents, x, weight, Optional.empty(), out, context);
    return out.data();
  }

  /** Its gradient towards the input. */
  @Benchmark
  public float[] backwardInput() {
    kernel.backwardInput(extents, g, weight, out, context);
    return out.data();
  }

  /** Its gradient towards the weight. */
  @Benchmark
  public float[] backwardWeight() {
    kernel.backwardWeight(extents, x, g, weightGradient, context);
    return weightGradient.data();
  }
}
