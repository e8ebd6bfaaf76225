package org.wardlock.tensor.cpu;

import java.util.List;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.spi.BackendProvider;

/** Offers the CPU: always available. */
public final class CpuBackendProvider implements BackendProvider {
  @Override
  public String kind() {
    return "cpu";
  }

  @Override
  public Availability availability() {
    return new Availability.Available(List.of("CPU"));
  }

  @Override
  public Backend open(int index) {
    return new CpuBackend(CpuSettings.fromProperties(), CpuKernels.chooseAndLog());
  }
}
