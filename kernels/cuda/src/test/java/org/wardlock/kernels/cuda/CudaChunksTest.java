package org.wardlock.kernels.cuda;

import org.junit.jupiter.api.Tag;
import org.wardlock.kernels.source.testing.ChunksContract;
import org.wardlock.tensor.Device;

/** Sums of many chunks on the first GPU; run where asked for, see {@link CudaBackendTest}. */
@Tag("cuda-device")
class CudaChunksTest implements ChunksContract {
  @Override
  public Device device() {
    return Device.cuda(0);
  }
}
