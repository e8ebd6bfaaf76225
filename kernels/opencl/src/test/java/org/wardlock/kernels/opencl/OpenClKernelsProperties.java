package org.wardlock.kernels.opencl;

import org.wardlock.kernels.source.testing.FusedKernelsContract;
import org.wardlock.tensor.Device;

/** The fused kernels on the first OpenCL device. */
class OpenClKernelsProperties implements FusedKernelsContract {
  @Override
  public Device device() {
    return OpenClTestDevice.get();
  }
}
