package org.wardlock.kernels.opencl;

import static org.junit.jupiter.api.Assumptions.abort;

import org.wardlock.tensor.Device;
import org.wardlock.tensor.spi.BackendProvider.Availability;

/** The first OpenCL device, or a skipped test that says why there is none. */
final class OpenClTestDevice {
  private OpenClTestDevice() {}

  static Device get() {
    return switch (new OpenClBackendProvider().availability()) {
      case Availability.Available _ -> Device.opencl(0);
      case Availability.Unavailable(String reason) -> abort("no OpenCL device: " + reason);
    };
  }
}
