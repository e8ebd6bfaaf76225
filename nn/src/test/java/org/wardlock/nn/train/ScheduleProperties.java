package org.wardlock.nn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.wardlock.nn.train.TrainingOptions.ScheduleShape;

class ScheduleProperties {
  @Property(tries = 200)
  void everyRateIsPositiveAndAtMostTheLargest(
      @ForAll ScheduleShape shape,
      @ForAll @IntRange(min = 1, max = 400) int steps,
      @ForAll @IntRange(max = 500) int warmUp) {
    Schedule schedule =
        TrainingOptions.builder()
            .learningRate(0.5, shape)
            .warmUpSteps(Math.min(warmUp, steps - 1))
            .build()
            .schedule(steps);
    for (int step = 0; step < steps; step++) {
      double rate = schedule.rate(step);
      assertTrue(rate > 0 && rate <= 0.5 * (1 + 1e-12), "step " + step + ": " + rate);
    }
  }

  @Test
  void warmUpRisesInAStraightLine() {
    Schedule schedule =
        TrainingOptions.builder()
            .learningRate(1, ScheduleShape.CONSTANT)
            .warmUpSteps(3)
            .build()
            .schedule(10);
    assertEquals(0.25, schedule.rate(0));
    assertEquals(0.75, schedule.rate(2));
    assertEquals(1, schedule.rate(3));
    assertEquals(1, schedule.rate(9));
  }

  @Test
  void aWarmUpLongerThanTheRunIsRefused() {
    var options = TrainingOptions.builder().warmUpSteps(10).build();
    assertThrows(IllegalArgumentException.class, () -> options.schedule(10));
  }

  @Test
  void intervalsAreSteps() {
    assertEquals(new CheckpointInterval.Steps(500), CheckpointInterval.parse("500"));
    assertEquals(new CheckpointInterval.Minutes(10), CheckpointInterval.parse("10m"));
    assertTrue(new CheckpointInterval.Steps(5).isDue(10, 0));
    assertTrue(!new CheckpointInterval.Steps(5).isDue(11, Long.MAX_VALUE));
    assertTrue(new CheckpointInterval.Minutes(1).isDue(1, 60_000_000_000L));
    assertTrue(!new CheckpointInterval.Minutes(1).isDue(1, 59_999_999_999L));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "m", "0", "0m", "-1", "5h", "1.5m", "99999999999999999999"})
  void otherIntervalsAreRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> CheckpointInterval.parse(text));
  }

  @Test
  void optionsThatMakeNoSenseAreRefused() {
    var builder = TrainingOptions.builder();
    assertThrows(IllegalArgumentException.class, () -> builder.epochs(0).build());
    builder.epochs(1);
    assertThrows(
        IllegalArgumentException.class,
        () -> builder.learningRate(0, ScheduleShape.COSINE).build());
    assertThrows(IllegalArgumentException.class, () -> builder.clipping(0));
    assertThrows(IllegalArgumentException.class, () -> new OptimizerSettings.Sgd(0, true, 0));
    assertThrows(IllegalArgumentException.class, () -> new OptimizerSettings.Sgd(1, false, 0));
    assertThrows(
        IllegalArgumentException.class, () -> OptimizerSettings.Adam.decoupled(Double.NaN));
    assertThrows(IllegalArgumentException.class, () -> new CrossEntropyLoss(1));
    assertThrows(IllegalArgumentException.class, () -> ScheduleShape.parse("linear"));
  }
}
