package org.wardlock.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.tensor.Philox;

class MixingTest {
  private static final int SIDE = 24;

  /** Mean 1/2, variance 1 / (4 (2 alpha + 1)), and the fourth central moment. */
  @ParameterizedTest
  @ValueSource(doubles = {0.01, 0.2, 0.5, 1, 4})
  void sharesHaveTheMomentsOfTheirDistribution(double alpha) {
    var beta = new BetaDistribution(alpha);
    int draws = 40_000;
    double mean = 0;
    double variance = 0;
    double fourth = 0;
    for (int i = 0; i < draws; i++) {
      double share = beta.draw(new Philox(2, 3, i), 0);
      assertTrue(share >= 0 && share <= 1, "share " + share);
      mean += share / draws;
      variance += Math.pow(share - 0.5, 2) / draws;
      fourth += Math.pow(share - 0.5, 4) / draws;
    }
    double expected = 1 / (4 * (2 * alpha + 1));
    assertEquals(0.5, mean, 4 * Math.sqrt(expected / draws));
    assertEquals(expected, variance, 0.03 * expected);
    assertEquals(3 / (16 * (2 * alpha + 1) * (2 * alpha + 3)), fourth, 0.05 * fourth);
  }

  @Test
  void mixupKeepsOnePartOfAllPixels() {
    for (int batch = 0; batch < 50; batch++) {
      Mixing.Mix mix = new Mixing(0.8, 0).draw(1, 2, batch, SIDE);
      for (float part : mix.mask()) {
        assertEquals(mix.share(), part);
      }
    }
  }

  @Test
  void cutmixKeepsAllButARectangleAndItsShareOfTheLabel() {
    double shares = 0;
    int batches = 4000;
    for (int batch = 0; batch < batches; batch++) {
      Mixing.Mix mix = new Mixing(0, 1).draw(1, 0, batch, SIDE);
      int pasted = 0;
      int top = SIDE;
      int bottom = -1;
      int left = SIDE;
      int right = -1;
      for (int i = 0; i < mix.mask().length; i++) {
        if (mix.mask()[i] == 0) {
          pasted++;
          top = Math.min(top, i / SIDE);
          bottom = Math.max(bottom, i / SIDE);
          left = Math.min(left, i % SIDE);
          right = Math.max(right, i % SIDE);
        } else {
          assertEquals(1, mix.mask()[i]);
        }
      }
      assertEquals(pasted, pasted == 0 ? 0 : (bottom - top + 1) * (right - left + 1));
      assertEquals(1 - pasted / (double) (SIDE * SIDE), mix.share(), 1e-6);
      shares += mix.share();
    }
    // half by the distribution; more, as a part of the rectangle lies outside
    assertTrue(shares / batches > 0.55 && shares / batches < 0.75, "mean " + shares / batches);
  }

  @Test
  void bothTakeTurnsAndDependOnSeedEpochAndBatchAlone() {
    Mixing both = new Mixing(0.5, 1);
    int cuts = 0;
    for (int batch = 0; batch < 400; batch++) {
      Mixing.Mix mix = both.draw(7, 1, batch, SIDE);
      assertArrayEquals(mix.mask(), both.draw(7, 1, batch, SIDE).mask());
      cuts += mix.mask()[0] == 0 || mix.mask()[0] == 1 ? 1 : 0;
    }
    assertEquals(200, cuts, 50);
    float first = both.draw(7, 1, 0, SIDE).share();
    assertTrue(first != both.draw(7, 2, 0, SIDE).share());
    assertTrue(first != both.draw(8, 1, 0, SIDE).share());
    assertTrue(Mixing.NONE.isNone() && !both.isNone());
    assertThrows(IllegalArgumentException.class, () -> new Mixing(-1, 0));
    assertThrows(IllegalArgumentException.class, () -> new Mixing(0, Double.NaN));
  }
}
