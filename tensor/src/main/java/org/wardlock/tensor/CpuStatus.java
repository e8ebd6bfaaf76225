package org.wardlock.tensor;

import java.util.Optional;
import org.wardlock.tensor.spi.CpuReport;

/**
 * How the CPU backend computes on this machine.
 *
 * @param kernels {@code vector} where the Vector API is used, else {@code scalar}; both give the
 *     same bits
 * @param lanes floats in a vector; 1 with scalar kernels
 * @param threads that compute, the caller's among them
 * @param refusal why the kernels are scalar and what to do about it, if they are
 */
public record CpuStatus(String kernels, int lanes, int threads, Optional<String> refusal) {
  /** What the CPU backend was opened with; opens it if it was not. */
  public static CpuStatus current() {
    return backend().status();
  }

  /**
   * The measured limit of all threads together in float32 multiply-adds, GFLOP/s; takes about a
   * second.
   */
  public static double measurePeak() {
    return backend().measurePeak();
  }

  private static CpuReport backend() {
    if (Device.CPU.backend() instanceof CpuReport report) {
      return report;
    }
    throw new IllegalStateException("the CPU's backend does not tell how it computes");
  }
}
