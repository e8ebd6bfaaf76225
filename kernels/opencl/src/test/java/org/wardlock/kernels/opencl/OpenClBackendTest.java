package org.wardlock.kernels.opencl;

import org.wardlock.tensor.Device;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.testing.BackendContract;

/** The contract on the first OpenCL device. */
class OpenClBackendTest implements BackendContract {
  @Override
  public Backend backend() {
    return OpenClTestDevice.get().backend();
  }

  @Override
  public Device device() {
    return Device.opencl(0);
  }
}
