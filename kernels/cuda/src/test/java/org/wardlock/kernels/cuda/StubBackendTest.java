package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

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
    EveryCudaKernel.launch();
    var launched = new TreeSet<String>();
    for (int i = 0; i < stub.launches(); i++) {
      launched.add(stub.launch(i).kernel());
    }
    // those that are missing here are to be launched by EveryCudaKernel
    assertEquals(EveryCudaKernel.names(), launched);
  }

  @Test
  void theSharedKernelsAreThoseThatWereCompiled() {
    var compiled = new TreeSet<String>();
    KernelBinaries.load()
        .manifest()
        .families()
        .values()
        .forEach(family -> compiled.addAll(family.kernels().keySet()));
    assertEquals(compiled, EveryKernel.names());
  }
}
