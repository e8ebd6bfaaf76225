package org.wardlock.kernels.cuda;

import org.junit.jupiter.api.Tag;
import org.wardlock.kernels.source.testing.GoldenModelsContract;
import org.wardlock.tensor.Device;

/** Whole networks on the first GPU; run where asked for, see {@link CudaBackendTest}. */
@Tag("cuda-device")
class CudaGoldenModelsTest implements GoldenModelsContract {
  @Override
  public Device device() {
    return Device.cuda(0);
  }
}
