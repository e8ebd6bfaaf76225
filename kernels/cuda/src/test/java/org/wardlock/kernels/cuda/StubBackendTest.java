package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.wardlock.kernels.source.testing.EveryKernel;

/** What the shared backend launches fits the kernels as they were compiled: each is launched. */
@Tag("stub-driver")
class StubBackendTest {
  private final StubDriver stub = StubDriver.fresh();

  @Test
  void everyKernelTakesTheArgumentsThatItIsGiven() {
    Set<String> shared = EveryKernel.names();
    assertTrue(EveryCudaKernel.names().containsAll(shared), shared.toString());
    EveryCudaKernel.launch();
    var launched = new TreeSet<String>();
    for (int i = 0; i < stub.launches(); i++) {
      launched.add(stub.launch(i).kernel());
    }
    // those that are missing here are to be launched by EveryCudaKernel
    assertEquals(EveryCudaKernel.names(), launched);
  }
}
