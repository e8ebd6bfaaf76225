package org.wardlock.kernels.opencl;

import org.wardlock.kernels.source.testing.ChunksContract;
import org.wardlock.tensor.Device;

/** Sums of many chunks on the first OpenCL device. */
class OpenClChunksTest implements ChunksContract {
  @Override
  public Device device() {
    return OpenClTestDevice.get();
  }
}
