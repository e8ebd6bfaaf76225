package org.wardlock.tensor.testing;

import org.wardlock.tensor.Device;
import org.wardlock.tensor.spi.Backend;

/**
 * Random strides on the CPU. The rest of its contract is in {@code CpuContractTest}, whose nested
 * classes jqwik passes over.
 */
class CpuStridesProperties implements StridesContract {
  @Override
  public Backend backend() {
    return Device.CPU.backend();
  }
}
