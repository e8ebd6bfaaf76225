package org.wardlock.bench;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/**
 * About what one core can do at most: many independent chains of fma, which C2 turns into vector
 * code. The score is floating point operations a nanosecond, GFLOP/s.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
public class FmaPeakBenchmark {
  private static final int CHAINS = 1024;
  private static final int LENGTH = 8;
  private final float[] sums = BenchContext.values(CHAINS);

  /** Chains of fma. */
  @Benchmark
  @OperationsPerInvocation(CHAINS * LENGTH * 2)
  public float[] chains() {
    float[] values = sums;
    for (int i = 0; i < CHAINS; i++) {
      float x = values[i];
      x = step(step(step(step(x))));
      x = step(step(step(step(x))));
      values[i] = x;
    }
    return values;
  }

  private static float step(float x) {
    return Math.fma(x, 0.999f, 1e-3f);
  }
}
