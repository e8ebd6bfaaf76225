package org.wardlock.kernels.cuda;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class LaunchHistoryTest {
  @Test
  void remembersTheLastEight() {
    var history = new LaunchHistory();
    assertEquals("no kernel was launched before", history.text());
    history.add("gemm", 4, 256);
    assertEquals("last launches, newest first: gemm in 4 groups of 256", history.text());
    for (int i = 1; i <= 9; i++) {
      history.add("k" + i, i, 32);
    }
    assertEquals(
        "last launches, newest first: k9 in 9 groups of 32; k8 in 8 groups of 32;"
            + " k7 in 7 groups of 32; k6 in 6 groups of 32; k5 in 5 groups of 32;"
            + " k4 in 4 groups of 32; k3 in 3 groups of 32; k2 in 2 groups of 32",
        history.text());
  }
}
