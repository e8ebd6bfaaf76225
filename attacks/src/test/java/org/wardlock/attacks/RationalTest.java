package org.wardlock.attacks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RationalTest {
  @ParameterizedTest
  @CsvSource({
    "8/255, 8, 255",
    "12/255, 12, 255",
    "0.5, 1, 2",
    "0.031, 31, 1000",
    "1e-3, 1, 1000",
    "2.50, 5, 2",
    "12, 12, 1",
    "1.5e2, 150, 1",
    "0, 0, 1",
    "0/7, 0, 7"
  })
  void readsFractionsAndDecimalsExactly(String text, long numerator, long denominator) {
    Rational parsed = Rational.parse(text);
    assertEquals(numerator, parsed.numerator());
    assertEquals(denominator, parsed.denominator());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "8/",
        "/255",
        "-1",
        "8/0",
        "eight",
        "1/2/3",
        "0x10",
        "NaN",
        "1e99",
        "0.1234567890123457",
        "9999999999999999/1",
        "1e-17",
        "½"
      })
  void refusesWhatIsNoFractionThatFits(String text) {
    var error = assertThrows(IllegalArgumentException.class, () -> Rational.parse(text));
    assertTrue(error.getMessage().startsWith("'" + text + "'"), error.getMessage());
  }

  @Test
  void writesItselfAsItIsRead() {
    assertEquals("8/255", Rational.of(8, 255).toString());
    assertEquals("2", Rational.parse("2.0").toString());
    assertEquals(Rational.of(8, 255), Rational.parse(Rational.of(8, 255).toString()));
  }

  @Test
  void equalValuesAreEqualHoweverTheyAreWritten() {
    assertEquals(Rational.of(4, 85), Rational.of(12, 255));
    assertEquals(Rational.of(4, 85).hashCode(), Rational.of(12, 255).hashCode());
    assertEquals(Rational.ZERO, Rational.of(0, 7));
    assertNotEquals(Rational.of(1, 3), Rational.parse("0.333333333333333"));
    assertTrue(Rational.of(1, 3).compareTo(Rational.parse("0.333333333333333")) > 0);
  }

  @Test
  void comparesDistancesOfFloatsExactly() {
    Random random = new Random(1);
    for (int i = 0; i < 20_000; i++) {
      Rational radius = Rational.of(random.nextInt(40), 1 + random.nextInt(600));
      float a = random.nextFloat();
      // as near to the bound as floats go
      float b = (float) (a + (random.nextBoolean() ? 1 : -1) * radius.toDouble());
      b = random.nextInt(3) == 0 ? Math.nextUp(b) : random.nextBoolean() ? Math.nextDown(b) : b;
      BigDecimal distance = new BigDecimal(a).subtract(new BigDecimal(b)).abs();
      int expected =
          BigDecimal.valueOf(radius.numerator())
              .compareTo(distance.multiply(BigDecimal.valueOf(radius.denominator())));
      assertEquals(expected, radius.compareToDistance(a, b), radius + " " + a + " " + b);
    }
  }

  @Test
  void equalDistancesAreEqualAndNotAnUlpApart() {
    assertEquals(0, Rational.of(1, 2).compareToDistance(0.75f, 0.25f));
    assertEquals(0, Rational.ZERO.compareToDistance(0.1f, 0.1f));
    // the exact distance is a hair below or above, and rounds to the radius in double
    assertEquals(1, Rational.of(1, 2).compareToDistance(0.5f, 0x1p-100f));
    assertEquals(-1, Rational.of(1, 2).compareToDistance(0.5f, -0x1p-100f));
  }
}
