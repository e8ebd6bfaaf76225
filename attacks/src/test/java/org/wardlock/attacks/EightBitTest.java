package org.wardlock.attacks;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EightBitTest {
  private static final Threat EIGHT_STEPS = Threat.linf(Rational.of(8, 255));

  /** The float of 23/255 is farther from that of 15/255 than 8/255, but they are 8 steps apart. */
  @Test
  void wholeStepsCountAsWholeSteps() {
    for (int k = 0; k + 8 < 256; k++) {
      float[] clean = {k / 255f};
      float[] picture = {(k + 8) / 255f};
      Optional<float[]> rounded = EightBit.round(clean, picture, EIGHT_STEPS);
      assertArrayEquals(picture, rounded.orElseThrow(), "at " + k);
    }
    assertTrue(EightBit.round(new float[] {0}, new float[] {8.6f / 255}, EIGHT_STEPS).isPresent());
    assertTrue(EightBit.round(new float[] {0}, new float[] {9f / 255}, EIGHT_STEPS).isEmpty());
  }

  @Test
  void roundsToTheNearestWhereThatStaysInside() {
    float[] rounded =
        EightBit.round(new float[] {0.2f}, new float[] {50.4f / 255}, EIGHT_STEPS).orElseThrow();
    assertEquals(50 / 255f, rounded[0]);
  }

  @Test
  void roundsTowardsTheCleanPictureWhereTheNearestIsOutside() {
    Threat threat = Threat.linf(Rational.of(27, 2550));
    float[] clean = {100 / 255f};
    float[] rounded = EightBit.round(clean, new float[] {102.6f / 255}, threat).orElseThrow();
    assertEquals(102 / 255f, rounded[0]);
  }

  @Test
  void thereMayBeNoRoundedPictureInTheBall() {
    float[] between = {100.5f / 255};
    Threat tiny = Threat.linf(Rational.of(1, 2550));
    assertTrue(EightBit.round(between, between, tiny).isEmpty());
  }

  @ParameterizedTest
  @EnumSource
  void roundedPicturesOfEightBitPicturesStayInside(Norm norm) {
    Random random = new Random(3);
    for (int i = 0; i < 500; i++) {
      float[] clean = new float[12];
      for (int j = 0; j < clean.length; j++) {
        clean[j] = random.nextInt(256) / 255f;
      }
      Threat threat = new Threat(norm, Rational.of(1 + random.nextInt(100), 255));
      float[] picture = clean.clone();
      float reach = (float) (threat.radius().toDouble() / 12);
      for (int j = 0; j < clean.length; j++) {
        float moved = clean[j] + (random.nextFloat() * 2 - 1) * reach;
        picture[j] = Math.clamp(moved, 0f, 1f);
      }
      float[] rounded = EightBit.round(clean, picture, threat).orElseThrow();
      double sum = norm.distance(clean, rounded);
      assertTrue(sum <= threat.radius().toDouble() + 1e-6, sum + " > " + threat);
    }
  }
}
