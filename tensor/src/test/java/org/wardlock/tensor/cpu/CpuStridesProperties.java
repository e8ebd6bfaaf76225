package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import net.jqwik.api.Group;
import net.jqwik.api.lifecycle.AfterContainer;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.testing.StridesContract;

/**
 * Random strides for the kernels of either kind, whatever the size. The rest of the CPU's contract
 * is in {@link CpuContractTest}, whose nested classes jqwik passes over.
 */
class CpuStridesProperties {
  private static final CpuBackend VECTOR = open(CpuKernels.vector());
  private static final CpuBackend SCALAR = open(CpuKernels.scalar("a test asks for them"));

  private static CpuBackend open(CpuKernels kernels) {
    return new CpuBackend(new CpuSettings(3, 1 << 28, true, 0, 0), kernels);
  }

  @AfterContainer
  static void everythingIsGivenBack() {
    for (CpuBackend backend : new CpuBackend[] {VECTOR, SCALAR}) {
      assertEquals(0, backend.context().pool().lentBytes());
      backend.close();
    }
  }

  @Group
  class Vector implements StridesContract {
    @Override
    public Backend backend() {
      return VECTOR;
    }
  }

  @Group
  class Scalar implements StridesContract {
    @Override
    public Backend backend() {
      return SCALAR;
    }
  }
}
