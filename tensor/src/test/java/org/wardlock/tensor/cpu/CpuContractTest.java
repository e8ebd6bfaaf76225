package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.TestInstance;
import org.wardlock.tensor.Device;
import org.wardlock.tensor.spi.Backend;
import org.wardlock.tensor.testing.BackendContract;

/** The contract, for the kernels of either kind and several threads, released memory poisoned. */
class CpuContractTest {
  /** Opens a backend for all tests of a class, and in the end asks whether memory came back. */
  @TestInstance(TestInstance.Lifecycle.PER_CLASS)
  abstract static class Contract implements BackendContract {
    private final CpuBackend backend;

    Contract(CpuKernels kernels, int threads) {
      backend = new CpuBackend(new CpuSettings(threads, 1 << 28, true, 0, 0), kernels);
    }

    @Override
    public Backend backend() {
      return backend;
    }

    @Override
    public Device device() {
      return Device.CPU;
    }

    @AfterAll
    void everythingIsGivenBack() {
      assertEquals(0, backend.context().pool().lentBytes());
      backend.close();
    }
  }

  @Nested
  class Vector extends Contract {
    Vector() {
      super(CpuKernels.vector(), 2);
    }
  }

  @Nested
  class VectorOnFiveThreads extends Contract {
    VectorOnFiveThreads() {
      super(CpuKernels.vector(), 5);
    }
  }

  @Nested
  class Scalar extends Contract {
    Scalar() {
      super(CpuKernels.scalar("a test asks for them"), 1);
    }
  }
}
