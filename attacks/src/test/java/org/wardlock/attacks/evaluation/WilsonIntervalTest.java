package org.wardlock.attacks.evaluation;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WilsonIntervalTest {
  /** Table I of Newcombe (1998), method 3. */
  @ParameterizedTest
  @CsvSource({
    "81, 263, 0.2553, 0.3662",
    "15, 148, 0.0624, 0.1605",
    "0, 20, 0, 0.1611",
    "1, 29, 0.0061, 0.1718",
    "29, 29, 0.8830, 1",
  })
  void isThePublishedOne(int successes, int trials, double low, double high) {
    WilsonInterval interval = WilsonInterval.of(successes, trials);
    assertEquals(low, interval.low(), 5e-5);
    assertEquals(high, interval.high(), 5e-5);
    assertEquals(interval, WilsonInterval.ofShare((double) successes / trials, trials));
  }

  /** Both ends are where the share lies 1.96 standard deviations of that end away. */
  @Property(tries = 200)
  void endsSolveTheScoreEquation(
      @ForAll @IntRange(min = 1, max = 20_000) int trials, @ForAll @IntRange(max = 20_000) int k) {
    int successes = k % (trials + 1);
    double share = (double) successes / trials;
    WilsonInterval interval = WilsonInterval.of(successes, trials);
    assertTrue(interval.low() <= share && share <= interval.high());
    assertTrue(interval.low() >= 0 && interval.high() <= 1);
    for (double end : new double[] {interval.low(), interval.high()}) {
      if (end > 0 && end < 1) {
        double deviation = Math.sqrt(end * (1 - end) / trials);
        assertEquals(1.959964, Math.abs(share - end) / deviation, 1e-5);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"0", "7"})
  void noneAndAllEndAtTheBorders(int trials) {
    assertEquals(0, WilsonInterval.of(0, trials).low());
    assertEquals(1, WilsonInterval.of(trials, trials).high());
    assertThrows(IllegalArgumentException.class, () -> WilsonInterval.of(trials + 1, trials));
    assertThrows(IllegalArgumentException.class, () -> WilsonInterval.of(-1, trials));
  }
}
