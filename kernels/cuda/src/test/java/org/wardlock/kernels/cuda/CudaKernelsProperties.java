package org.wardlock.kernels.cuda;

import net.jqwik.api.Tag;
import org.wardlock.kernels.source.testing.FusedKernelsContract;
import org.wardlock.tensor.Device;

/**
 * The fused kernels on the first GPU, those of tensor cores among them; run where asked for, see
 * {@link CudaBackendTest}.
 */
@Tag("cuda-device")
class CudaKernelsProperties implements FusedKernelsContract {
  @Override
  public Device device() {
    return Device.cuda(0);
  }
}
