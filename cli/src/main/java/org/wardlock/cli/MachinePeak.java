package org.wardlock.cli;

import org.wardlock.tensor.CpuStatus;
import org.wardlock.tensor.Device;

/** The machine's measured limit, for the share of it that a model reaches. */
final class MachinePeak {
  private MachinePeak() {}

  /** GFLOP/s of float32 multiply-adds on all threads; 0 where nothing measures it. */
  static double gigaflops(Device device) {
    return device.equals(Device.CPU) ? CpuStatus.measurePeak() : 0;
  }
}
