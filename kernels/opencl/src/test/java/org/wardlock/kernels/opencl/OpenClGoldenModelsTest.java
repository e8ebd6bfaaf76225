package org.wardlock.kernels.opencl;

import org.wardlock.kernels.source.testing.GoldenModelsContract;
import org.wardlock.tensor.Device;

/** Whole networks on the first OpenCL device. */
class OpenClGoldenModelsTest implements GoldenModelsContract {
  @Override
  public Device device() {
    return OpenClTestDevice.get();
  }
}
