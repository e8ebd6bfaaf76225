package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Optional;
import org.wardlock.kernels.source.GpuBackend;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.spi.Backend;

/** Backends for tests that want another device than the provider would open. */
final class CudaBackends {
  private CudaBackends() {}

  /** The first GPU, under the name of another device. */
  static Backend open(Device device) {
    assertEquals(Optional.empty(), NativeLibrary.failure());
    return new GpuBackend(
        new CudaRuntime(device, CudaDevice.all().getFirst(), KernelBinaries.load()));
  }
}
