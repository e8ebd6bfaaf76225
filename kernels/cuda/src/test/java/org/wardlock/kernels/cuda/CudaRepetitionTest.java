package org.wardlock.kernels.cuda;

import org.junit.jupiter.api.Tag;
import org.wardlock.kernels.source.testing.RepetitionContract;
import org.wardlock.tensor.Device;

/**
 * Steps that the first GPU repeats by a graph; run where asked for, see {@link CudaBackendTest}.
 */
@Tag("cuda-device")
class CudaRepetitionTest implements RepetitionContract {
  @Override
  public Device device() {
    return Device.cuda(0);
  }

  @Override
  public boolean repeats() {
    return true;
  }
}
