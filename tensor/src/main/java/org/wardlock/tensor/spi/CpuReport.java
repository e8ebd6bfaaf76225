package org.wardlock.tensor.spi;

import org.wardlock.tensor.CpuStatus;

/** What the CPU's backend can tell of itself beyond what every backend does. */
public interface CpuReport {
  /** What it computes with. */
  CpuStatus status();

  /**
   * The measured limit of its threads together in float32 multiply-adds, GFLOP/s; takes about a
   * second.
   */
  double measurePeak();
}
