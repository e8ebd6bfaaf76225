package org.wardlock.attacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreatTest {
  /** How many bounds computed in floats lie outside, over all 8-bit values and both signs. */
  @ParameterizedTest
  @CsvSource({"8, 84", "4, 46"})
  void boundsComputedInFloatsLieOutsideForManyPixels(int steps, int expected) {
    Threat threat = Threat.linf(Rational.of(steps, 255));
    float radius = steps / 255f;
    int outside = 0;
    for (int k = 0; k < 256; k++) {
      float pixel = k / 255f;
      for (float bound : new float[] {pixel - radius, pixel + radius}) {
        outside += threat.radius().compareToDistance(pixel, bound) < 0 ? 1 : 0;
      }
    }
    assertEquals(expected, outside);
  }

  @Test
  void permitsTheBallAndNothingBeyond() {
    float[] clean = {0.5f, 0.5f};
    assertTrue(Threat.linf(Rational.of(1, 4)).permits(clean, new float[] {0.75f, 0.25f}));
    assertFalse(
        Threat.linf(Rational.of(1, 4)).permits(clean, new float[] {Math.nextUp(0.75f), 0.5f}));
    assertTrue(Threat.l1(Rational.of(1, 2)).permits(clean, new float[] {0.75f, 0.25f}));
    assertFalse(Threat.l1(Rational.of(49, 100)).permits(clean, new float[] {0.75f, 0.25f}));
    assertTrue(Threat.l2(Rational.of(36, 100)).permits(clean, new float[] {0.75f, 0.25f}));
    assertFalse(Threat.l2(Rational.of(35, 100)).permits(clean, new float[] {0.75f, 0.25f}));
  }

  @Test
  void permitsOnlyPixels() {
    Threat anything = Threat.linf(Rational.of(9, 1));
    for (float wrong : new float[] {-0.01f, 1.01f, Float.NaN, Float.POSITIVE_INFINITY}) {
      assertFalse(anything.permits(new float[] {0.5f}, new float[] {wrong}), "" + wrong);
    }
  }

  @Test
  void refusesNegativeRadii() {
    assertThrows(IllegalArgumentException.class, () -> Threat.l2(Rational.of(-1, 2)));
  }

  @Test
  void namesNorms() {
    assertEquals(Norm.LINF, Norm.parse("linf"));
    assertEquals("linf 8/255", Threat.linf(Rational.of(8, 255)).toString());
    var error = assertThrows(IllegalArgumentException.class, () -> Norm.parse("l3"));
    assertEquals("norm 'l3': expected one of linf, l2, l1", error.getMessage());
  }
}
