package org.wardlock.kernels.opencl;

import org.wardlock.kernels.source.testing.RepetitionContract;
import org.wardlock.tensor.Device;

/** Steps on the first OpenCL device, which are run each time. */
class OpenClRepetitionTest implements RepetitionContract {
  @Override
  public Device device() {
    return OpenClTestDevice.get();
  }

  @Override
  public boolean repeats() {
    return false;
  }
}
