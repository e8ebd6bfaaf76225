package org.wardlock.threat;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class ShareTest {
  @Test
  void wilsonsIntervalHasItsKnownValues() {
    assertInterval(0, 10, 0, 0.27753);
    assertInterval(5, 10, 0.23659, 0.76341);
    assertInterval(10, 10, 0.72247, 1);
    assertInterval(0, 500, 0, 0.0076247);
    assertInterval(400, 500, 0.762711, 0.832715);
  }

  private static void assertInterval(int count, int total, double low, double high) {
    Share share = new Share(count, total);
    assertEquals((double) count / total, share.value());
    assertEquals(low, share.low(), 1e-5, "lower end of " + share);
    assertEquals(high, share.high(), 1e-5, "upper end of " + share);
  }

  @Test
  void nothingIsKnownOfNoPictures() {
    Share none = new Share(0, 0);
    assertEquals(0, none.value());
    assertEquals(0, none.low());
    assertEquals(1, none.high());
  }

  @Test
  void morePicturesThanThereAreAreRefused() {
    var problem = assertThrows(IllegalArgumentException.class, () -> new Share(3, 2));
    assertTrue(problem.getMessage().contains("3 of 2"), problem.getMessage());
  }
}
