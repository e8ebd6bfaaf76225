package org.wardlock.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Intervals against printed tables of Student's distribution. */
class MeanIntervalTest {
  @ParameterizedTest
  @CsvSource({
    "1, 12.706",
    "2, 4.303",
    "3, 3.182",
    "4, 2.776",
    "5, 2.571",
    "10, 2.228",
    "19, 2.093",
    "99, 1.984",
    "1000, 1.962"
  })
  void studentsPointsAreThePrintedOnes(int freedom, double printed) {
    assertEquals(printed, MeanInterval.student(freedom), 1.5e-3);
  }

  @Test
  void measurementsAreSummedUp() {
    MeanInterval summed = MeanInterval.of(0.1, 0.4, 0.2, 0.3);
    assertEquals(4, summed.count());
    assertEquals(0.25, summed.mean(), 1e-12);
    assertEquals(0.1, summed.min());
    assertEquals(0.4, summed.max());
    // the deviation is sqrt(0.05 / 3), a quarter of whose square is under the root
    double half = 3.182 * Math.sqrt(0.05 / 3 / 4);
    assertEquals(0.25 - half, summed.low(), 1e-4);
    assertEquals(0.25 + half, summed.high(), 1e-4);
  }

  @Test
  void sharesStayShares() {
    MeanInterval most = MeanInterval.of(1, 1, 0.9).ofShares();
    assertEquals(1, most.high());
    assertEquals(MeanInterval.of(1, 1, 0.9).low(), most.low());
    assertEquals(0, MeanInterval.of(0, 0, 0.1).ofShares().low());
  }

  @Test
  void oneMeasurementHasNoInterval() {
    MeanInterval one = MeanInterval.of(0.7);
    assertEquals(0.7, one.low());
    assertEquals(0.7, one.high());
    assertThrows(IllegalArgumentException.class, MeanInterval::of);
  }
}
