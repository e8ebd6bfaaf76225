package org.wardlock.kernels.cuda;

import org.junit.jupiter.api.Tag;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.testing.BackendContract;

/**
 * The contract on the first GPU; run by the execution "cuda-device" in the pom, where asked for.
 */
@Tag("cuda-device")
@net.jqwik.api.Tag("cuda-device")
class CudaBackendTest implements BackendContract {
  @Override
  public Backend backend() {
    return device().backend();
  }

  @Override
  public Device device() {
    return Device.cuda(0);
  }
}
