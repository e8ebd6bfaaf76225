package org.wardlock.attacks.ball;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.wardlock.attacks.Rational;

class LinfBoundsTest {
  private static final float SMALLEST = Float.MIN_VALUE;

  private static void check(float pixel, Rational radius) {
    float low = LinfBounds.low(pixel, radius);
    float high = LinfBounds.high(pixel, radius);
    String what = pixel + " " + radius + ": " + low + ".." + high;
    assertTrue(0 <= low && low <= pixel && pixel <= high && high <= 1, what);
    assertTrue(radius.compareToDistance(pixel, low) >= 0, what);
    assertTrue(radius.compareToDistance(pixel, high) >= 0, what);
    assertTrue(low == 0 || radius.compareToDistance(pixel, Math.nextDown(low)) < 0, what);
    assertTrue(high == 1 || radius.compareToDistance(pixel, Math.nextUp(high)) < 0, what);
  }

  @Test
  void areTheLastFloatsInsideForTenThousandRandomPixels() {
    Random random = new Random(2);
    for (int i = 0; i < 10_000; i++) {
      Rational radius = Rational.of(random.nextInt(300), 1 + random.nextInt(3000));
      check(random.nextFloat(), radius);
    }
  }

  @Test
  void areTheLastFloatsInsideForEveryEightBitPixel() {
    for (int k = 0; k < 256; k++) {
      for (int steps = 0; steps < 256; steps += 3) {
        check(k / 255f, Rational.of(steps, 255));
        check(k / 255f, Rational.of(steps, 510));
      }
    }
  }

  @Test
  void areTheLastFloatsInsideAtTheEndsOfTheRange() {
    for (float pixel : new float[] {0, SMALLEST, 1e-20f, 1e-9f, 0.5f, Math.nextDown(1f), 1}) {
      for (String radius : new String[] {"0", "1e-15", "1/255", "8/255", "0.5", "1", "2", "200"}) {
        check(pixel, Rational.parse(radius));
      }
    }
  }

  @Test
  void aRadiusOfZeroLeavesThePixelAlone() {
    Random random = new Random(3);
    for (int i = 0; i < 1000; i++) {
      float pixel = random.nextFloat();
      assertEquals(pixel, LinfBounds.low(pixel, Rational.ZERO));
      assertEquals(pixel, LinfBounds.high(pixel, Rational.ZERO));
    }
  }
}
