package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class PairedSharesTest {
  private static final double PLACES = 5e-5;

  private static void assertInterval(double low, double high, PairedShares shares) {
    assertEquals(low, shares.interval().low(), PLACES, shares::toString);
    assertEquals(high, shares.interval().high(), PLACES, shares::toString);
  }

  /** Figures of the method's steps done apart from this program. */
  @Test
  void theIntervalIsNewcombes() {
    assertInterval(0.0569, 0.3404, new PairedShares(36, 2, 12, 0));
    assertInterval(0.1528, 0.4167, new PairedShares(36, 0, 14, 0));
    assertInterval(-0.2470, -0.0013, new PairedShares(1, 7, 1, 41));
    assertInterval(-0.0460, 0.1251, new PairedShares(29, 1, 3, 17));
  }

  @Test
  void theOtherWayRoundItIsTheOtherWayRound() {
    var shares = new PairedShares(700, 40, 20, 240);
    var turned = new PairedShares(700, 20, 40, 240);
    assertEquals(-0.02, shares.difference(), 1e-15);
    assertInterval(-turned.interval().high(), -turned.interval().low(), shares);
  }

  /** Pairs say more than two shares of as many pictures would. */
  @Test
  void whatFaresAlikeWidensNothing() {
    PairedShares.Interval paired = new PairedShares(8000, 100, 100, 1800).interval();
    PairedShares.Interval unrelated = new PairedShares(6561, 1539, 1539, 361).interval();
    assertTrue(paired.high() < unrelated.high() / 2, paired + " " + unrelated);
    assertEquals(paired.low(), -paired.high(), 1e-15);
  }

  @Test
  void nothingIsKnownOfNoPictures() {
    assertEquals(new PairedShares.Interval(-1, 1), new PairedShares(0, 0, 0, 0).interval());
    assertEquals(0, new PairedShares(9, 0, 0, 0).difference());
    assertThrows(IllegalArgumentException.class, () -> new PairedShares(1, -1, 0, 0));
  }
}
