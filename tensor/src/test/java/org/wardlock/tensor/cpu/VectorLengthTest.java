package org.wardlock.tensor.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The same bits from vectors of any length and from either compiler: each in a JVM of its own. */
class VectorLengthTest {
  @ParameterizedTest
  @ValueSource(
      strings = {OtherJvm.LONGEST, OtherJvm.SHORTER, OtherJvm.SHORTEST, OtherJvm.FIRST_COMPILER})
  void givesTheSameBits(String option) throws IOException, InterruptedException {
    String found = OtherJvm.checksum(KernelDigest.class, option);
    assertEquals(Long.toString(KernelDigest.compute()), found);
  }
}
