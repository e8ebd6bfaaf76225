package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class KernelChoiceTest {
  private static final CpuKernels KERNELS = CpuKernels.vector();

  private static KernelChoice choice(int shortBelow, long earlyWork) {
    return new KernelChoice(KERNELS, new CpuSettings(1, 0, false, shortBelow, earlyWork));
  }

  @Test
  void theFirstWorkGoesToTheOtherKernels() {
    KernelChoice choice = choice(0, 1_000);
    assertEquals("scalar", choice.forProducts(600).name());
    assertEquals("scalar", choice.forProducts(600).name());
    assertSame(KERNELS, choice.forProducts(1));
    assertSame(KERNELS, choice.forElements(1));
  }

  @Test
  void elementsCountToo() {
    KernelChoice choice = choice(0, 1_000);
    assertNotSame(KERNELS, choice.forElements(1_000));
    assertSame(KERNELS, choice.forElements(1_000));
  }

  @Test
  void shortWorkIsNeverDoneByTheVectorApi() {
    KernelChoice choice = choice(10, 1);
    assertNotSame(KERNELS, choice.forElements(9));
    assertNotSame(KERNELS, choice.forElements(10));
    assertSame(KERNELS, choice.forElements(10));
    assertNotSame(KERNELS, choice.forElements(9));
  }

  @Test
  void whoAsksForTheVectorApiGetsItAtOnce() {
    String before = System.getProperty(VectorSupport.KERNELS_PROPERTY, "");
    try {
      System.setProperty(VectorSupport.KERNELS_PROPERTY, "vector");
      assertSame(KERNELS, new KernelChoice(KERNELS, CpuSettings.fromProperties()).forProducts(1));
      System.clearProperty(VectorSupport.KERNELS_PROPERTY);
      assertNotSame(
          KERNELS, new KernelChoice(KERNELS, CpuSettings.fromProperties()).forProducts(1));
    } finally {
      System.setProperty(VectorSupport.KERNELS_PROPERTY, before);
    }
  }
}
